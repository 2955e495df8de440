"""What a transaction writes of a noun, and on what condition. Never talks to AWS."""

from portal.engines.aws import items
from portal.engines.aws.dynamodb import NEW, Write


def claim(name: str, ticket: str) -> Write:
    return Write(items.claim_item(name, ticket), f"{NEW} OR ticket = :ticket", {":ticket": ticket}, "claim_taken")


def release(name: str, ticket: str) -> Write:
    return Write(items.claim_key(name), f"{NEW} OR ticket = :ticket", {":ticket": ticket}, deletes=True)
