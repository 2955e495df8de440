"""Mail through an SMTP relay keeps the contract; what relays answer, and what is sent to them."""

import re
import socket
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

import pytest
from aiosmtpd.controller import Controller

from portal.core.errors import MailDeferred, MailRefused
from portal.engines.local.mail import Smtp
from portal.engines.mime import compose
from tests.support.builders import AT
from tests.support.contract_mail import CALENDAR, MESSAGE, SENDER, MailContract, Received
from tests.support.smtp_relay import Relay, Server, parsed, smtp


class TestSmtp(MailContract):
    @pytest.fixture
    def mail(self, server: Controller) -> Smtp:
        return smtp(server)

    @pytest.fixture
    def received(self, relay: Relay) -> Received:
        return lambda: [parsed(raw) for raw in relay.taken]

    @pytest.fixture
    def relay_down(self, server: Controller) -> Callable[[], None]:
        return server.stop


# --- what relays answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["550 5.1.1 <siti> no such user", "552 too big", "554 5.7.1 not wanted"])
def test_a_refusal_for_good_is_final_and_says_why(server: Controller, relay: Relay, command: str, answer: str) -> None:
    relay.answers[command] = answer
    with pytest.raises(MailRefused) as caught:
        smtp(server).send(MESSAGE, AT)
    assert str(caught.value.facts["answer"]) == answer
    assert relay.taken == []


RETURNS = "tte+0123456789abcdef@tarakankota.go.id"


def test_reports_go_to_the_address_for_them_and_else_to_the_senders_own(server: Controller, relay: Relay) -> None:
    smtp(server).send(replace(MESSAGE, returns_to=RETURNS), AT)
    smtp(server).send(MESSAGE, AT)
    assert relay.senders == [RETURNS, SENDER.partition("<")[2].rstrip(">")]
    assert parsed(relay.taken[0])["From"] == parsed(relay.taken[1])["From"] == SENDER
    assert RETURNS.encode() not in relay.taken[0], "servers on the way write it there"


@pytest.mark.parametrize("command", [f"MAIL {RETURNS}", f"RCPT from {RETURNS}"])
def test_a_relay_that_lets_nobody_send_from_there_costs_no_email(
    server: Controller, relay: Relay, command: str
) -> None:
    relay.answers[command] = "553 5.7.1 Sender address rejected: not owned by user"
    smtp(server).send(replace(MESSAGE, returns_to=RETURNS), AT)
    assert relay.senders == [SENDER.partition("<")[2].rstrip(">")]
    assert relay.recipients == [[MESSAGE.to]]
    relay.answers["RCPT"] = "550 5.1.1 no such user"
    with pytest.raises(MailRefused) as refusal:
        smtp(server).send(replace(MESSAGE, returns_to=RETURNS), AT)
    assert refusal.value.facts["answer"] == "550 5.1.1 no such user"


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["421 closing", "450 4.2.0 greylisted", "451 later", "452 4.2.2 mailbox full"])
def test_a_refusal_for_now_is_deferred_and_says_why(
    server: Controller, relay: Relay, command: str, answer: str
) -> None:
    relay.answers[command] = answer
    with pytest.raises(MailDeferred) as caught:
        smtp(server).send(MESSAGE, AT)
    assert str(caught.value.facts["answer"]) == answer
    assert relay.taken == []
    # What is said before a recipient is named, or in closing, any other message would have heard too.
    assert caught.value.facts["relay"] is (command == "MAIL" or answer.startswith("421"))


def test_a_relay_that_wants_a_login_does_not_make_the_message_hopeless(server: Controller, relay: Relay) -> None:
    relay.answers["MAIL"] = "530 5.7.0 Authentication required"
    with pytest.raises(MailDeferred) as caught:
        smtp(server).send(MESSAGE, AT)
    assert caught.value.facts["relay"] is True


def test_an_answer_of_many_lines_is_kept_as_one_and_not_at_length(server: Controller, relay: Relay) -> None:
    relay.answers["RCPT"] = "550-first\r\n550 " + "y" * 400
    with pytest.raises(MailRefused) as caught:
        smtp(server).send(MESSAGE, AT)
    assert str(caught.value.facts["answer"]).startswith("550 first yyy")
    assert len(str(caught.value.facts["answer"])) == 300


@pytest.mark.parametrize(("answer", "error"), [("550 no", MailRefused), ("450 no", MailDeferred)])
def test_the_relays_words_do_not_come_with_a_traceback_that_names_the_recipient(
    server: Controller, relay: Relay, answer: str, error: type[MailRefused] | type[MailDeferred]
) -> None:
    relay.answers["RCPT"] = answer
    with pytest.raises(error) as caught:
        smtp(server).send(MESSAGE, AT)
    assert "siti" not in "".join(traceback.format_exception(caught.value))


def test_a_relay_that_hangs_up_after_taking_the_message_has_taken_it(server: Controller, relay: Relay) -> None:
    relay.answers["QUIT"] = "hang up"
    smtp(server).send(MESSAGE, AT)
    assert len(relay.taken) == 1


def test_a_relay_that_never_says_it_took_the_message_is_deferred_in_time(server: Controller, relay: Relay) -> None:
    relay.answers["DATA"] = "hang"
    begun = time.monotonic()
    with pytest.raises(MailDeferred):
        smtp(server, timeout=0.3).send(MESSAGE, AT)
    assert time.monotonic() - begun < 30


def test_a_relay_that_accepts_the_connection_and_says_nothing_is_deferred_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = Smtp(host="127.0.0.1", port=silent.getsockname()[1], sender=SENDER, starttls=False, timeout=0.3)
        begun = time.monotonic()
        with pytest.raises(MailDeferred) as caught:
            mail.send(MESSAGE, AT)
    assert time.monotonic() - begun < 30
    assert "timed out" in str(caught.value.facts["answer"])


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"421 busy\r\n", b"", b"HTTP/1.1 400 Bad Request\r\n"])
def test_a_relay_that_does_not_want_to_talk_is_deferred(greeting: bytes) -> None:
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


def test_a_relay_whose_name_is_unknown_is_deferred() -> None:
    with pytest.raises(MailDeferred):
        Smtp(host="relay.invalid", port=25, sender=SENDER, starttls=False, timeout=2).send(MESSAGE, AT)


@pytest.mark.parametrize("knows_utf8", [True, False])
def test_an_address_beyond_ascii_is_sent_if_the_relay_can_write_it_and_else_refused_for_good(
    relay: Relay, knows_utf8: bool
) -> None:
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


def test_the_message_bears_its_date_and_an_id_of_our_own_domain(server: Controller, relay: Relay) -> None:
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


def test_no_line_on_the_wire_is_longer_than_relays_must_take(server: Controller, relay: Relay) -> None:
    smtp(server).send(replace(MESSAGE, subject="Permohonan – " * 100, calendar=CALENDAR), AT)
    assert max(map(len, relay.taken[0].split(b"\r\n"))) <= 998
    assert parsed(relay.taken[0])["Subject"].startswith("Permohonan – Permohonan")


# --- the mailbox of the rehearsal ------------------------------------------------------------------------------------


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
