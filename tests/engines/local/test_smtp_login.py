"""Login and encryption at an SMTP relay."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from portal.core.errors import MailDeferred
from tests.support.builders import AT
from tests.support.contract_mail import MESSAGE
from tests.support.smtp_relay import Relay, Server, smtp


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.fixture
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    key, file = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context


@pytest.fixture
def our_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[1]))


def check_password(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"portal", b"rahasia"), handled=False)


@pytest.fixture
def strict_server(relay: Relay, server_tls: ssl.SSLContext) -> Iterator[Controller]:
    """Takes mail only encrypted and after a login, as a relay at port 587 does."""
    controller = Server(
        relay, hostname="127.0.0.1", port=0, tls_context=server_tls, require_starttls=True,
        authenticator=check_password, auth_required=True,
    )  # fmt: skip
    controller.start()
    yield controller
    controller.stop()


needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="makes its certificate with openssl")
LOGIN = {"host": "localhost", "username": "portal", "password": "rahasia", "starttls": True}


@needs_openssl
def test_the_portal_logs_in_over_an_encrypted_line(
    strict_server: Controller, relay: Relay, our_tls: ssl.SSLContext
) -> None:
    smtp(strict_server, **LOGIN, tls=our_tls).send(MESSAGE, AT)
    assert len(relay.taken) == 1


@needs_openssl
def test_a_login_is_tried_out_without_an_email(
    strict_server: Controller, relay: Relay, our_tls: ssl.SSLContext
) -> None:
    smtp(strict_server, **LOGIN, tls=our_tls).try_out()
    for changed in ({"password": "salah"}, {"username": ""}):
        with pytest.raises(MailDeferred) as caught:
            smtp(strict_server, **{**LOGIN, **changed}, tls=our_tls).try_out()
        assert str(caught.value.facts["answer"]).startswith("5")
    assert relay.taken == []


@needs_openssl
@pytest.mark.parametrize("changed", [{"password": "salah"}, {"username": ""}, {"starttls": False, "username": ""}])
def test_a_login_that_fails_is_deferred_as_the_message_is_not_to_blame(
    strict_server: Controller, relay: Relay, our_tls: ssl.SSLContext, changed: dict[str, Any]
) -> None:
    with pytest.raises(MailDeferred) as caught:
        smtp(strict_server, **{**LOGIN, **changed}, tls=our_tls).send(MESSAGE, AT)
    assert str(caught.value.facts["answer"]).startswith("5")
    assert relay.taken == []


@needs_openssl
def test_a_relay_with_a_certificate_nobody_vouches_for_gets_neither_password_nor_message(
    strict_server: Controller, relay: Relay
) -> None:
    with pytest.raises(MailDeferred) as caught:
        smtp(strict_server, **LOGIN).send(MESSAGE, AT)
    assert "certificate verify failed" in str(caught.value.facts["answer"])
    assert relay.taken == []


def test_a_relay_that_does_not_offer_encryption_gets_nothing_when_it_is_wanted(
    server: Controller, relay: Relay
) -> None:
    with pytest.raises(MailDeferred) as caught:
        smtp(server, starttls=True).send(MESSAGE, AT)
    assert "STARTTLS" in str(caught.value.facts["answer"])
    assert relay.taken == []


@needs_openssl
def test_a_relay_may_be_encrypted_from_the_start(
    relay: Relay, server_tls: ssl.SSLContext, our_tls: ssl.SSLContext
) -> None:
    controller = Server(relay, hostname="127.0.0.1", port=0, ssl_context=server_tls)
    controller.start()
    try:
        smtp(controller, host="localhost", starttls="ssl", tls=our_tls).send(MESSAGE, AT)
    finally:
        controller.stop()
    assert len(relay.taken) == 1
