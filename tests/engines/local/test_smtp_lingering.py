"""One connection for many messages: nothing is sent twice by it, and no message is lost that another would carry."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller

from portal.core.errors import MailDeferred, MailRefused
from portal.engines.local.mail import MOST_ON_ONE, Smtp
from tests.support.builders import AT
from tests.support.contract_mail import MESSAGE
from tests.support.smtp_relay import Relay, Server, smtp


@pytest.fixture
def mail(server: Controller) -> Iterator[Smtp]:
    mail = smtp(server, lingers=True)
    yield mail
    mail.let_go()


def test_many_messages_go_by_one_connection_and_the_relay_is_greeted_anew_after_it_was_let_go(
    mail: Smtp, relay: Relay
) -> None:
    for number in range(5):
        mail.send(replace(MESSAGE, subject=f"Surat {number}"), AT)
    assert (len(relay.taken), len(relay.greeted)) == (5, 1)
    mail.let_go()
    mail.send(MESSAGE, AT)
    assert (len(relay.taken), len(relay.greeted)) == (6, 2)


def test_no_connection_carries_more_than_relays_take(mail: Smtp, relay: Relay) -> None:
    for _ in range(MOST_ON_ONE + 1):
        mail.send(MESSAGE, AT)
    assert (len(relay.taken), len(relay.greeted)) == (MOST_ON_ONE + 1, 2)


def test_a_relay_that_was_started_anew_meanwhile_is_greeted_again(relay: Relay) -> None:
    server = Server(relay, hostname="127.0.0.1", port=0)
    server.start()
    mail = smtp(server, lingers=True)
    mail.send(MESSAGE, AT)
    server.stop()
    again = Server(relay, hostname="127.0.0.1", port=server.port)
    again.start()
    mail.send(MESSAGE, AT)
    mail.let_go()
    again.stop()
    assert (len(relay.taken), len(relay.greeted)) == (2, 2)


def test_a_relay_that_takes_no_more_on_one_connection_is_asked_on_another(mail: Smtp, relay: Relay) -> None:
    mail.send(MESSAGE, AT)
    relay.at_most = 1
    mail.send(MESSAGE, AT)
    assert (len(relay.taken), len(relay.greeted)) == (2, 2)


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", MailRefused), ("451 later", MailDeferred)])
def test_what_becomes_of_one_message_is_nothing_to_the_next(
    mail: Smtp, relay: Relay, answer: str, error: type[Exception]
) -> None:
    mail.send(MESSAGE, AT)
    relay.answers["RCPT"] = answer
    with pytest.raises(error):
        mail.send(MESSAGE, AT)
    relay.answers.clear()
    mail.send(MESSAGE, AT)
    assert relay.recipients == [[MESSAGE.to]] * 2


def test_a_message_of_which_nobody_knows_whether_it_was_taken_is_not_sent_again_at_once(
    server: Controller, relay: Relay
) -> None:
    mail = smtp(server, lingers=True)
    mail.send(MESSAGE, AT)
    relay.answers["DATA"] = "hang"
    connection = mail._open[0].relay.sock
    assert connection
    connection.settimeout(0.5)
    with pytest.raises(MailDeferred):
        mail.send(MESSAGE, AT)
    assert len(relay.greeted) == 1
