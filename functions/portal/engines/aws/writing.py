"""What a transaction writes of a noun, and on what condition. Never talks to AWS."""

from collections.abc import Sequence

from portal.core.notices import Notice
from portal.core.register import Certificate
from portal.engines.aws import items
from portal.engines.aws.dynamodb import NEW, Write


def entered(certificate: Certificate) -> Write:
    item = items.certificate_item(certificate)
    if certificate.version == 1:
        return Write(item, NEW, conflict="certificate_changed")
    return Write(item, "version = :before", {":before": certificate.version - 1}, "certificate_changed")


def claim(name: str, ticket: str) -> Write:
    return Write(items.claim_item(name, ticket), f"{NEW} OR ticket = :ticket", {":ticket": ticket}, "claim_taken")


def release(name: str, ticket: str) -> Write:
    return Write(items.claim_key(name), f"{NEW} OR ticket = :ticket", {":ticket": ticket}, deletes=True)


def owed(notices: Sequence[Notice]) -> list[Write]:
    """One already queued stays as it is; the first of two alike is kept, as a transaction takes no item twice."""
    alike = {notice.identity: notice for notice in reversed(notices)}
    return [Write(items.notice_item(notice), NEW) for notice in alike.values()]
