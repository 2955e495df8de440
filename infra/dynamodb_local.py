"""AWS's own DynamoDB engine on this machine (DynamoDB Local), with the template's table; ``make`` fetches it.

Unlike moto it says how many units each call consumed, and answers as fast with 100,000 applications as with ten.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import boto3
import stack
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

WANTED: Final = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode", "StreamSpecification")
"""What of the template's table it knows."""


def is_there(folder: str) -> bool:
    """Was it fetched into this folder, and can it be run?"""
    return bool(folder) and (Path(folder) / "DynamoDBLocal.jar").exists() and shutil.which("java") is not None


@contextmanager
def running(folder: str) -> Iterator[str]:
    """The address of a fresh one; all that it held is gone afterwards."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["java", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb"]
    process = subprocess.Popen(  # noqa: S603
        [*command, "-port", str(port)], cwd=Path(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_for(client(endpoint))
        yield endpoint
    finally:
        process.kill()
        process.wait(timeout=10)


def client(endpoint: str, service: str = "dynamodb") -> Any:
    make: Any = boto3.client
    config = Config(retries={"total_max_attempts": 2}, max_pool_connections=32)
    keys = {"aws_access_key_id": "rehearsal", "aws_secret_access_key": "rehearsal"}
    return make(service, endpoint_url=endpoint, region_name=stack.REGION, config=config, **keys)


def create_table(endpoint: str, name: str) -> None:
    """The template's own table, empty."""
    properties = stack.translated()["Resources"]["Table"]["Properties"]
    wanted = {key: properties[key] for key in WANTED}
    wanted["StreamSpecification"] = {"StreamEnabled": True, **wanted["StreamSpecification"]}
    client(endpoint).create_table(TableName=name, **wanted)


def reported_for_transaction(endpoint: str) -> float:
    """What it says that a transaction of one small item consumed; AWS's own rule says 2 units."""
    create_table(endpoint, "scale")
    put = {"Put": {"TableName": "scale", "Item": {"PK": {"S": "1"}, "SK": {"S": "1"}}}}
    answer = client(endpoint).transact_write_items(TransactItems=[put], ReturnConsumedCapacity="TOTAL")
    return float(answer["ConsumedCapacity"][0]["CapacityUnits"])


def _wait_for(dynamodb: Any) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            dynamodb.list_tables()
        except (BotoCoreError, ClientError):
            if time.monotonic() > until:
                raise TimeoutError("DynamoDB Local did not start within 60 s") from None
            time.sleep(0.2)
        else:
            return
