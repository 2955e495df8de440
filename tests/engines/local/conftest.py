"""A relay, and the server before it."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from tests.support.smtp_relay import Relay, Server


@pytest.fixture
def relay() -> Relay:
    return Relay()


@pytest.fixture
def server(relay: Relay) -> Iterator[Controller]:
    controller = Server(relay, hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    if not controller.loop.is_closed():
        controller.stop()
