"""The lookup of ``bare``, as Powertools for AWS Lambda and pydantic would have it written."""

import os
from typing import Any

import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from pydantic import BaseModel

client = boto3.client("dynamodb")
app = APIGatewayHttpResolver(enable_validation=True)


class Status(BaseModel):
    ticket: str
    waits_on: str
    version: int


@app.get("/status/<ticket>")
def status(ticket: str) -> Status:
    key = {"PK": {"S": f"APPLICATION#{ticket}"}, "SK": {"S": "APPLICATION"}}
    found = client.get_item(TableName=os.environ["TABLE"], Key=key, ConsistentRead=True).get("Item")
    if found is None:
        raise NotFoundError("unknown")
    return Status(ticket=ticket, waits_on=found["waits_on"]["S"], version=int(found["version"]["N"]))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
