"""The mailbox of the rehearsal keeps the contract of mail, and shows what was sent."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from portal.core.errors import MailDeferred
from portal.engines.local.mail import Mailbox
from tests.support.builders import AT
from tests.support.contract_mail import CALENDAR, MESSAGE, SENDER, MailContract, Received
from tests.support.smtp_relay import parsed


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with closing(Mailbox(tmp_path / "mailbox.db", SENDER)) as mailbox:
        yield mailbox


class TestMailbox(MailContract):
    @pytest.fixture
    def mail(self, mailbox: Mailbox) -> Mailbox:
        return mailbox

    @pytest.fixture
    def received(self, mailbox: Mailbox) -> Received:
        return lambda: [parsed(mailbox.raw(kept["id"]) or b"") for kept in mailbox.messages()]

    @pytest.fixture
    def relay_down(self, mailbox: Mailbox) -> Callable[[], None]:
        return lambda: setattr(mailbox, "failing", True)


def test_the_mailbox_shows_what_was_sent_oldest_first(mailbox: Mailbox) -> None:
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


def test_the_mailbox_lists_the_links_of_the_text_in_order_without_the_sentence_around_them(mailbox: Mailbox) -> None:
    text = "Buka https://a.example/x?y=1&z=2. Atau (http://b.example/t.o-k_en), lalu <https://c.example/>!\nhttps://a.example"
    mailbox.send(replace(MESSAGE, text=text), AT)
    assert mailbox.messages()[0]["links"] == [
        "https://a.example/x?y=1&z=2",
        "http://b.example/t.o-k_en",
        "https://c.example/",
        "https://a.example",
    ]


def test_the_mailbox_is_durable_and_shared(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.send(MESSAGE, AT)
    with closing(Mailbox(tmp_path / "mailbox.db", SENDER)) as another:
        another.send(replace(MESSAGE, subject="Lain"), AT)
        assert [kept["subject"] for kept in another.messages()] == [MESSAGE.subject, "Lain"]
        assert another.messages() == mailbox.messages()


def test_a_relay_that_is_down_can_be_rehearsed_and_comes_back(mailbox: Mailbox, tmp_path: Path) -> None:
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


def test_there_is_no_message_that_was_never_sent(mailbox: Mailbox) -> None:
    assert mailbox.raw(1) is None


def test_links_lead_to_where_the_portal_is_served_by_now(tmp_path: Path) -> None:
    path, ours = tmp_path / "mailbox.db", "http://localhost:8000"
    others = ("http://localhost:80001/a", "http://localhost:8000.example/", "https://lapor.example/")
    text = "\n".join([f"Buka {ours}/telaah/x.", f"{ours}.", *others])
    with closing(Mailbox(path, SENDER, ours)) as before:
        before.send(
            replace(MESSAGE, text=text, html=f'<a href="{ours}/telaah/x">Buka</a>', calendar=f"URL:{ours}/"), AT
        )
        assert before.messages()[0]["text"] == text
    with closing(Mailbox(path, SENDER, "http://localhost:8123")) as now:
        (kept,) = now.messages()
        now.send(MESSAGE, AT)
        assert now.messages()[1]["text"] == MESSAGE.text
    assert kept["links"] == ["http://localhost:8123/telaah/x", "http://localhost:8123", *others]
    assert kept["html"] == '<a href="http://localhost:8123/telaah/x">Buka</a>'
    assert kept["calendar"] == "URL:http://localhost:8123/"
    assert kept["text"].count("localhost:8123") == 2
