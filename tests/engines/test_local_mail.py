import asyncio
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from portal.core.errors import MailDeferred, MailRefused
from portal.engines.local.mail import Mailbox, Smtp
from portal.engines.mime import compose
from tests.support.builders import AT
from tests.support.contract_mail import CALENDAR, MESSAGE, SENDER, MailContract


class Relay:
    """A real SMTP server's behaviour: keeps what it takes, and answers as ``answers`` says (by SMTP command)."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.taken: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.greeted: list[str] = []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.greeted.append(hostname)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.get("DATA", "250 taken")
        if answer.startswith("250"):
            self.taken.append(envelope.original_content)
            self.recipients.append(envelope.rcpt_tos)
        if answer == "hang":
            await asyncio.sleep(2)
        return answer

    async def handle_QUIT(self, server, session, envelope):
        if self.answers.get("QUIT") == "hang up":
            server.transport.abort()
        return "221 bye"


class Server(Controller):
    """Listens at a port the system picks."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def relay() -> Relay:
    return Relay()


@pytest.fixture
def server(relay) -> Iterator[Controller]:
    controller = Server(relay, hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    if not controller.loop.is_closed():
        controller.stop()


def smtp(server: Controller, **settings) -> Smtp:
    return Smtp(
        **{"host": "127.0.0.1", "port": server.port, "sender": SENDER, "starttls": False, "timeout": 5, **settings}
    )


def parsed(raw: bytes):
    return message_from_bytes(raw, policy=policy.default)


class TestSmtp(MailContract):
    @pytest.fixture
    def mail(self, server):
        return smtp(server)

    @pytest.fixture
    def received(self, relay):
        return lambda: [parsed(raw) for raw in relay.taken]

    @pytest.fixture
    def relay_down(self, server):
        return server.stop


# --- what relays answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["550 5.1.1 <siti> no such user", "552 too big", "554 5.7.1 not wanted"])
def test_a_refusal_for_good_is_final_and_says_why(server, relay, command, answer):
    relay.answers[command] = answer
    with pytest.raises(MailRefused) as caught:
        smtp(server).send(MESSAGE, AT)
    assert caught.value.facts["answer"] == answer
    assert relay.taken == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["421 closing", "450 4.2.0 greylisted", "451 later", "452 4.2.2 mailbox full"])
def test_a_refusal_for_now_is_deferred_and_says_why(server, relay, command, answer):
    relay.answers[command] = answer
    with pytest.raises(MailDeferred) as caught:
        smtp(server).send(MESSAGE, AT)
    assert caught.value.facts["answer"] == answer
    assert relay.taken == []


def test_a_relay_that_wants_a_login_does_not_make_the_message_hopeless(server, relay):
    relay.answers["MAIL"] = "530 5.7.0 Authentication required"
    with pytest.raises(MailDeferred):
        smtp(server).send(MESSAGE, AT)


def test_an_answer_of_many_lines_is_kept_as_one_and_not_at_length(server, relay):
    relay.answers["RCPT"] = "550-first\r\n550 " + "y" * 400
    with pytest.raises(MailRefused) as caught:
        smtp(server).send(MESSAGE, AT)
    assert caught.value.facts["answer"].startswith("550 first yyy")
    assert len(caught.value.facts["answer"]) == 300


@pytest.mark.parametrize(("answer", "error"), [("550 no", MailRefused), ("450 no", MailDeferred)])
def test_the_relays_words_do_not_come_with_a_traceback_that_names_the_recipient(server, relay, answer, error):
    relay.answers["RCPT"] = answer
    with pytest.raises(error) as caught:
        smtp(server).send(MESSAGE, AT)
    assert "siti" not in "".join(traceback.format_exception(caught.value))


def test_a_relay_that_hangs_up_after_taking_the_message_has_taken_it(server, relay):
    relay.answers["QUIT"] = "hang up"
    smtp(server).send(MESSAGE, AT)
    assert len(relay.taken) == 1


def test_a_relay_that_never_says_it_took_the_message_is_deferred_in_time(server, relay):
    relay.answers["DATA"] = "hang"
    begun = time.monotonic()
    with pytest.raises(MailDeferred):
        smtp(server, timeout=0.3).send(MESSAGE, AT)
    assert time.monotonic() - begun < 2


def test_a_relay_that_accepts_the_connection_and_says_nothing_is_deferred_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = Smtp(host="127.0.0.1", port=silent.getsockname()[1], sender=SENDER, starttls=False, timeout=0.3)
        begun = time.monotonic()
        with pytest.raises(MailDeferred) as caught:
            mail.send(MESSAGE, AT)
    assert time.monotonic() - begun < 2
    assert "timed out" in caught.value.facts["answer"]


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"421 busy\r\n", b"", b"HTTP/1.1 400 Bad Request\r\n"])
def test_a_relay_that_does_not_want_to_talk_is_deferred(greeting):
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def greet() -> None:
            connection, _ = rude.accept()
            with connection:
                connection.sendall(greeting)

        answering = threading.Thread(target=greet)
        answering.start()
        mail = Smtp(host="127.0.0.1", port=rude.getsockname()[1], sender=SENDER, starttls=False, timeout=2)
        with pytest.raises(MailDeferred):
            mail.send(MESSAGE, AT)
        answering.join()


def test_a_relay_whose_name_is_unknown_is_deferred():
    with pytest.raises(MailDeferred):
        Smtp(host="relay.invalid", port=25, sender=SENDER, starttls=False, timeout=2).send(MESSAGE, AT)


@pytest.mark.parametrize("knows_utf8", [True, False])
def test_an_address_beyond_ascii_is_sent_if_the_relay_can_write_it_and_else_refused_for_good(relay, knows_utf8):
    controller = Server(relay, hostname="127.0.0.1", port=0, enable_SMTPUTF8=knows_utf8)
    controller.start()
    message = replace(MESSAGE, to="sité@tarakankota.go.id")
    try:
        if knows_utf8:
            smtp(controller).send(message, AT)
        else:
            with pytest.raises(MailRefused):
                smtp(controller).send(message, AT)
    finally:
        controller.stop()
    assert relay.recipients == ([["sité@tarakankota.go.id"]] if knows_utf8 else [])


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_the_message_bears_its_date_and_an_id_of_our_own_domain(server, relay):
    mail = smtp(server)
    for _ in range(2):
        mail.send(MESSAGE, AT)
    mail.send(replace(MESSAGE, subject="Lain", text="lain"), AT)
    first, again, other = (parsed(raw) for raw in relay.taken)
    assert parsedate_to_datetime(first["Date"]) == AT
    assert first["Message-ID"].endswith("@tarakankota.go.id>")
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert relay.recipients == [["siti@tarakankota.go.id"]] * 3
    assert set(relay.greeted) == {"tarakankota.go.id"}


def test_no_line_on_the_wire_is_longer_than_relays_must_take(server, relay):
    smtp(server).send(replace(MESSAGE, subject="Permohonan – " * 100, calendar=CALENDAR), AT)
    assert max(map(len, relay.taken[0].split(b"\r\n"))) <= 998
    assert parsed(relay.taken[0])["Subject"].startswith("Permohonan – Permohonan")


# --- login and encryption --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.fixture
def server_tls(certificate) -> ssl.SSLContext:
    key, file = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context


@pytest.fixture
def our_tls(certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[1]))


def check_password(server, session, envelope, mechanism, data) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"portal", b"rahasia"), handled=False)


@pytest.fixture
def strict_server(relay, server_tls) -> Iterator[Controller]:
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
def test_the_portal_logs_in_over_an_encrypted_line(strict_server, relay, our_tls):
    smtp(strict_server, **LOGIN, tls=our_tls).send(MESSAGE, AT)
    assert len(relay.taken) == 1


@needs_openssl
@pytest.mark.parametrize("changed", [{"password": "salah"}, {"username": ""}, {"starttls": False, "username": ""}])
def test_a_login_that_fails_is_deferred_as_the_message_is_not_to_blame(strict_server, relay, our_tls, changed):
    with pytest.raises(MailDeferred) as caught:
        smtp(strict_server, **{**LOGIN, **changed}, tls=our_tls).send(MESSAGE, AT)
    assert caught.value.facts["answer"].startswith("5")
    assert relay.taken == []


@needs_openssl
def test_a_relay_with_a_certificate_nobody_vouches_for_gets_neither_password_nor_message(strict_server, relay):
    with pytest.raises(MailDeferred) as caught:
        smtp(strict_server, **LOGIN).send(MESSAGE, AT)
    assert "certificate verify failed" in caught.value.facts["answer"]
    assert relay.taken == []


def test_a_relay_that_does_not_offer_encryption_gets_nothing_when_it_is_wanted(server, relay):
    with pytest.raises(MailDeferred) as caught:
        smtp(server, starttls=True).send(MESSAGE, AT)
    assert "STARTTLS" in caught.value.facts["answer"]
    assert relay.taken == []


@needs_openssl
def test_a_relay_may_be_encrypted_from_the_start(relay, server_tls, our_tls):
    controller = Server(relay, hostname="127.0.0.1", port=0, ssl_context=server_tls)
    controller.start()
    try:
        smtp(controller, host="localhost", starttls="ssl", tls=our_tls).send(MESSAGE, AT)
    finally:
        controller.stop()
    assert len(relay.taken) == 1


# --- the mailbox of the rehearsal ------------------------------------------------------------------------------------


@pytest.fixture
def mailbox(tmp_path) -> Iterator[Mailbox]:
    with closing(Mailbox(tmp_path / "mailbox.db", SENDER)) as mailbox:
        yield mailbox


class TestMailbox(MailContract):
    @pytest.fixture
    def mail(self, mailbox):
        return mailbox

    @pytest.fixture
    def received(self, mailbox):
        return lambda: [parsed(mailbox.raw(kept["id"])) for kept in mailbox.messages()]

    @pytest.fixture
    def relay_down(self, mailbox):
        return lambda: setattr(mailbox, "failing", True)


def test_the_mailbox_shows_what_was_sent_oldest_first(mailbox):
    mailbox.send(MESSAGE, AT)
    mailbox.send(replace(MESSAGE, to="kadis@tarakankota.go.id", calendar=CALENDAR), AT)
    first, second = mailbox.messages()
    assert first == {
        "id": 1,
        "to": "siti@tarakankota.go.id",
        "subject": MESSAGE.subject,
        "text": MESSAGE.text,
        "html": MESSAGE.html,
        "calendar": "",
        "links": ["https://tte.example/status/TTE-26-4F7K-9QXM"],
        "sent_at": "2026-08-03T00:00:00+00:00",
    }
    assert (second["id"], second["to"], second["calendar"]) == (2, "kadis@tarakankota.go.id", CALENDAR)


def test_the_mailbox_lists_the_links_of_the_text_in_order_without_the_sentence_around_them(mailbox):
    text = "Buka https://a.example/x?y=1&z=2. Atau (http://b.example/t.o-k_en), lalu <https://c.example/>!\nhttps://a.example"
    mailbox.send(replace(MESSAGE, text=text), AT)
    assert mailbox.messages()[0]["links"] == [
        "https://a.example/x?y=1&z=2",
        "http://b.example/t.o-k_en",
        "https://c.example/",
        "https://a.example",
    ]


def test_the_mailbox_is_durable_and_shared(mailbox, tmp_path):
    mailbox.send(MESSAGE, AT)
    with closing(Mailbox(tmp_path / "mailbox.db", SENDER)) as another:
        another.send(replace(MESSAGE, subject="Lain"), AT)
        assert [kept["subject"] for kept in another.messages()] == [MESSAGE.subject, "Lain"]
        assert another.messages() == mailbox.messages()


def test_a_relay_that_is_down_can_be_rehearsed_and_comes_back(mailbox, tmp_path):
    mailbox.failing = True
    mailbox.failing = True
    with closing(Mailbox(tmp_path / "mailbox.db", SENDER)) as another:
        assert another.failing
        with pytest.raises(MailDeferred):
            another.send(MESSAGE, AT)
        another.failing = False
    assert not mailbox.failing
    mailbox.failing = False
    mailbox.send(MESSAGE, AT)
    assert len(mailbox.messages()) == 1


def test_there_is_no_message_that_was_never_sent(mailbox):
    assert mailbox.raw(1) is None


@pytest.mark.parametrize("end", ["— TTE-26-4F7K-9QXM", "- TTE-26-4F7K-9QXM"])
def test_a_subject_of_any_length_reads_as_it_was_written(end: str) -> None:
    words = [
        "[TTE",
        "Tarakan]",
        "Berkas",
        "lengkap",
        "dan",
        "dikirim",
        "ke",
        "BSrE,",
        "periksa",
        "email",
        "kedinasan",
        "Anda",
        "secara",
        "berkala",
    ]
    for number in range(1, len(words)):
        subject = " ".join([*words[:number], end])
        sent = compose(replace(MESSAGE, subject=subject), SENDER, AT).as_bytes()
        head = sent.partition(b"Date:")[0]
        assert message_from_bytes(sent, policy=policy.default)["Subject"] == subject
        assert re.sub(rb"\r\n(?=[ \t])", b"", head).count(b"  ") == 0
        assert max(map(len, head.split(b"\r\n"))) <= 78
