"""Emails that came back are found in a real mailbox, and all other mail in it is left to people."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import Unavailable
from portal.core.notices import Notice
from portal.engines.local.records import SqliteRecords
from portal.engines.local.returns import ImapInbox, Marks
from portal.engines.mime import compose
from portal.engines.ports import CameBack, Message
from portal.links import Links
from tests.support import report_specimens as specimens
from tests.support.builders import AT, a_notice
from tests.support.commits import claimed
from tests.support.contract_mail import MESSAGE, SENDER
from tests.support.dovecot import FOLDER, PASSWORD, USERS, Dovecot, dovecot
from tests.support.report_specimens import about

NUMBERS = count()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@dataclass
class Post:
    """A portal's records, and the mailbox that its emails come back to."""

    server: Dovecot
    folder: Path
    records: SqliteRecords
    links: Links

    def marks(self, returns_to: str = "") -> Marks:
        return Marks(self.links, SENDER, returns_to, self.records.sent_in)

    def inbox(self, **settings: Any) -> ImapInbox:
        usual = {"host": "127.0.0.1", "port": self.server.plain, "user": self.server.user, "password": PASSWORD}
        more = {"folder": FOLDER, "encrypted": False, "noted": self.folder / "noted", "find": self.marks().find}
        return ImapInbox(**{**usual, **more, **settings})

    def send(self, recipient: str = "siti@tarakankota.go.id", returns_to: str = "") -> tuple[Notice, Message, str]:
        """An email that the relay takes: its notice, itself, and its mark."""
        self.records.owe([a_notice(recipient, recipient=recipient)])
        held = claimed(self.records, AT)
        message = self.marks(returns_to).mark(MESSAGE, [held])
        self.records.settle_notice(held.delivered(AT))
        return held, message, message.headers["X-Portal-Email"]

    def look(self, at: datetime | None = None, **settings: Any) -> list[CameBack]:
        """As the portal does; what it has heard."""
        heard = []
        for word in self.inbox(**settings).words(at or datetime.now(UTC)):
            self.records.came_back(word, AT)
            heard.append(word)
        return heard

    def dead(self) -> list[str]:
        return sorted(owed.recipient for owed in self.records.unsent() if owed.hopeless)


@pytest.fixture
def post(server: Dovecot, tmp_path: Path) -> Iterator[Post]:
    mine = replace(server, user=USERS[next(NUMBERS)])
    with closing(SqliteRecords(tmp_path / "portal.sqlite", ["penerbitan"])) as records, mine.person():
        yield Post(mine, tmp_path, records, Links(["kunci"]))


def test_an_email_that_came_back_is_found_by_what_its_report_quotes(post: Post) -> None:
    held, message, mark = post.send()
    assert message.returns_to == ""
    assert compose(message, SENDER, AT)["Message-ID"] == f"<{mark}@tarakankota.go.id>"
    post.server.receive(about(specimens.POSTFIX, mark))
    (word,) = post.look()
    assert (word.identities, word.final, word.problem[:9]) == ([held.identity], True, "5.1.1 smt")
    assert post.dead() == [held.recipient]
    assert post.look() == []


def test_of_an_old_servers_report_the_address_alone_tells_which_email_came_back(post: Post) -> None:
    _, message, mark = post.send(returns_to="tte+{}@example.go.id")
    assert message.returns_to == f"tte+{mark}@example.go.id"
    assert len(message.returns_to.partition("@")[0]) <= 64, "as long as an address may be"
    assert "siti" not in message.returns_to
    post.server.receive(about(specimens.QMAIL, mark.upper()))
    assert len(post.look()) == 1
    assert post.dead() == ["siti@tarakankota.go.id"]


def test_reports_count_as_read_and_mail_of_people_is_left_to_people(post: Post) -> None:
    _, _, mark = post.send()
    mails = [specimens.QUESTION, specimens.POSTFIX_DELAYED, specimens.ON_LEAVE, specimens.SPAM, specimens.POSTFIX]
    post.server.receive(*(about(mail, mark) for mail in mails))
    assert [word.final for word in post.look()] == [True]
    assert post.server.seen() == [False, True, False, False, True]


def test_what_may_pass_is_sent_again_later_and_a_delay_changes_nothing(post: Post) -> None:
    (_, _, first), (_, _, second) = post.send("a@x.go.id"), post.send("b@x.go.id")
    post.server.receive(about(specimens.POSTFIX_DELAYED, first), about(specimens.POSTFIX_GAVE_UP, second))
    post.look()
    assert post.dead() == []
    assert [owed.recipient for owed in post.records.unsent()] == ["b@x.go.id"]
    assert claimed(post.records, AT + timedelta(hours=7)).recipient == "b@x.go.id"


def test_a_forged_mark_or_one_of_an_email_never_sent_marks_nothing(post: Post) -> None:
    held, _, mark = post.send()
    never = replace(held, attempts=7).email
    forged = [
        mark[:16] + "a" * 16,
        "0" * 16 + mark[16:],
        never + post.links.seal("pantulan", never),
        held.email + Links(["another"]).seal("pantulan", held.email),
        held.email + post.links.seal("kode", held.email),
    ]
    post.server.receive(*(about(specimens.QMAIL, each) for each in forged), about(specimens.POSTFIX))
    assert post.look() == []
    assert post.dead() == []
    assert post.server.seen() == [False] * 6, "they are for people to look at"


def test_word_of_an_earlier_attempt_marks_nothing_of_the_newer_one(post: Post) -> None:
    held, _, mark = post.send()
    post.records.came_back(CameBack([held.identity], "451", False), AT)
    again = claimed(post.records, AT + timedelta(hours=7))
    post.records.settle_notice(again.delivered(AT))
    post.server.receive(about(specimens.POSTFIX, mark))
    assert post.look() == []
    assert post.dead() == []


def test_after_a_new_key_emails_of_before_still_come_back(post: Post) -> None:
    _, _, mark = post.send()
    post.links = Links(["kunci", "kunci baru"])
    post.server.receive(about(specimens.POSTFIX, mark))
    assert len(post.look()) == 1


@pytest.mark.parametrize("recorded", [False, True])
def test_a_crash_in_the_middle_loses_nothing_and_records_nothing_twice(post: Post, recorded: bool) -> None:
    marks = [post.send(f"{letter}@x.go.id")[2] for letter in "abc"]
    post.server.receive(*(about(specimens.POSTFIX, mark) for mark in marks))
    crashing = post.inbox().words(datetime.now(UTC))
    post.records.came_back(next(crashing), AT)
    second = next(crashing)
    if recorded:
        post.records.came_back(second, AT)
    del crashing
    assert post.look()[0].identities == second.identities
    assert post.dead() == ["a@x.go.id", "b@x.go.id", "c@x.go.id"]
    assert post.look() == []
    assert post.server.seen() == [True] * 3


def test_what_a_person_has_seen_to_stays_so_when_its_report_is_read_again(post: Post) -> None:
    _, _, mark = post.send()
    post.server.receive(about(specimens.POSTFIX, mark))
    post.look()
    (unsent,) = post.records.unsent()
    post.records.settle_notice(unsent.dropped(AT))
    (post.folder / "noted").write_text("[1, ")  # cut short by a crash
    assert len(post.look()) == 1
    assert list(post.records.unsent()) == []


def test_a_mailbox_that_is_numbered_anew_is_read_from_its_beginning(post: Post) -> None:
    (_, _, first), (_, _, second) = post.send("a@x.go.id"), post.send("b@x.go.id")
    post.server.receive(*[about(specimens.SPAM)] * 3, about(specimens.POSTFIX, first))
    post.look()
    post.server.number_anew()
    post.server.receive(about(specimens.POSTFIX, second))
    assert len(post.look()) == 1
    assert post.dead() == ["a@x.go.id", "b@x.go.id"]


def test_mail_of_long_ago_is_not_looked_at(post: Post) -> None:
    _, _, mark = post.send()
    now = datetime.now(UTC)
    post.server.receive(about(specimens.POSTFIX, mark), at=now - timedelta(days=40))
    assert post.look() == []
    post.server.receive(about(specimens.POSTFIX, mark), at=now - timedelta(days=20))
    assert len(post.look()) == 1


def test_of_a_huge_mail_the_beginning_is_read_and_the_next_one_is_not_kept_waiting(post: Post) -> None:
    (_, _, first), (_, _, second) = post.send("a@x.go.id"), post.send("b@x.go.id")
    huge = about(specimens.POSTFIX, first) + b"x" * 78 + b"\r\n"
    post.server.receive(huge + b"y" * 12_000_000, about(specimens.POSTFIX, second), b"\r\n", b"\xff" * 100)
    assert len(post.look()) == 2
    assert post.dead() == ["a@x.go.id", "b@x.go.id"]


def test_what_came_since_the_last_look_is_read_among_many_others(post: Post) -> None:
    _, _, mark = post.send()
    post.server.receive(*[about(specimens.SPAM)] * 300)
    assert post.look() == []
    post.server.receive(about(specimens.POSTFIX, mark))
    assert len(post.look()) == 1


# --- the way there ---------------------------------------------------------------------------------------------------

Change = Callable[[Post], dict[str, Any]]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (lambda post: {"password": "salah"}, "login refused"),
        (lambda post: {"user": "siapa@example.go.id"}, "login refused"),
        (lambda post: {"folder": "Tidak Ada"}, "no such folder"),
        (lambda post: {"port": 1}, "ConnectionRefusedError"),
        (lambda post: {"host": "localhost", "port": post.server.encrypted, "encrypted": True}, "SSLCertVerification"),
        (lambda post: {"host": "LOCALHOST"}, "SSLCertVerificationError"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why_and_since_when_and_nothing_personal(
    post: Post, wrong: Change, problem: str
) -> None:
    broken = post.inbox(**wrong(post))
    for hours in (0, 5):
        with pytest.raises(Unavailable) as refusal:
            list(broken.words(AT + timedelta(hours=hours)))
        assert (refusal.value.code, str(refusal.value.facts["problem"])[: len(problem)]) == (
            "inbox_unavailable",
            problem,
        )
        assert "@" not in str(refusal.value.facts)
        assert post.inbox().out_since == AT, "also after a restart"
    post.look()
    assert broken.out_since is None


@pytest.mark.parametrize(("host", "encrypted"), [("localhost", True), ("LOCALHOST", False)])
def test_what_leaves_the_machine_is_encrypted_from_the_start_or_after_the_greeting(
    post: Post, host: str, encrypted: bool
) -> None:
    _, _, mark = post.send()
    post.server.receive(about(specimens.POSTFIX, mark))
    port = post.server.encrypted if encrypted else post.server.plain
    assert len(post.look(host=host, port=port, encrypted=encrypted, tls=post.server.tls)) == 1
