"""Lambda: every page that is not on the static site, behind CloudFront and API Gateway."""

from collections.abc import Callable
from functools import cache
from typing import Any

from portal import bootstrap_aws

Event = dict[str, Any]


@bootstrap_aws.discreet
def handler(event: Event, context: Any) -> dict[str, Any]:
    return _pages()(event, context)


@cache
def _pages() -> Callable[[Event, Any], dict[str, Any]]:
    from apig_wsgi import make_lambda_handler

    return make_lambda_handler(bootstrap_aws.wsgi(bootstrap_aws.warm()))
