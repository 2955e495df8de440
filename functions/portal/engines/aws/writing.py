"""What a transaction writes of a noun, and on what condition. Never talks to AWS."""

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
