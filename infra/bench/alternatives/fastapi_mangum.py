"""The lookup of ``bare``, as FastAPI behind Mangum would have it written."""

import os

import boto3
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel

client = boto3.client("dynamodb")
app = FastAPI()


class Status(BaseModel):
    ticket: str
    waits_on: str
    version: int


@app.get("/status/{ticket}")
def status(ticket: str) -> Status:
    key = {"PK": {"S": f"APPLICATION#{ticket}"}, "SK": {"S": "APPLICATION"}}
    found = client.get_item(TableName=os.environ["TABLE"], Key=key, ConsistentRead=True).get("Item")
    if found is None:
        raise HTTPException(404, "unknown")
    return Status(ticket=ticket, waits_on=found["waits_on"]["S"], version=int(found["version"]["N"]))


handler = Mangum(app, lifespan="off")
