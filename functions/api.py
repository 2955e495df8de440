"""Lambda: every page that is not on the static site, behind CloudFront and API Gateway."""

import gc
from collections.abc import Callable
from functools import cache
from typing import Any

# What a process makes at its start stays; looking for garbage in it after every 700 objects, as Python does unasked,
# takes a twelfth of a cold start.
gc.set_threshold(100_000)

from portal import bootstrap_aws  # noqa: E402 - the setting is for it

Event = dict[str, Any]


@bootstrap_aws.discreet
def handler(event: Event, context: Any) -> dict[str, Any]:
    return _pages()(event, context)


@cache
def _pages() -> Callable[[Event, Any], dict[str, Any]]:
    from apig_wsgi import make_lambda_handler

    house = bootstrap_aws.warm()
    return make_lambda_handler(bootstrap_aws.through_cloudfront(bootstrap_aws.wsgi(house), house.config.origin_word))
