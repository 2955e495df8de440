"""The least that a status lookup can be: one read with boto3, and the answer as API Gateway wants it."""

import json
import os
from typing import Any

import boto3

client = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    ticket = event["rawPath"].removeprefix("/status/")
    key = {"PK": {"S": f"APPLICATION#{ticket}"}, "SK": {"S": "APPLICATION"}}
    found = client.get_item(TableName=os.environ["TABLE"], Key=key, ConsistentRead=True).get("Item")
    if found is None:
        return {"statusCode": 404, "headers": {"content-type": "application/json"}, "body": '{"error": "unknown"}'}
    body = {"ticket": ticket, "waits_on": found["waits_on"]["S"], "version": int(found["version"]["N"])}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
