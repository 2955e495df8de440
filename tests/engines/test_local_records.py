import json
import random
import signal
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portal.core.errors import NotFound, Unavailable
from portal.core.sop import APPLICANT
from portal.engines.local import rows
from portal.engines.local.database import Database
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Compiled
from tests.support.builders import AT, a_notice, a_ticket, after, application, draft, owed_by
from tests.support.commits import LEASE, SERVICE, change, claimed, write
from tests.support.contract_records import RecordsContract
from tests.support.processes import complete_lines, first_line, run, said, start

ROLES = (APPLICANT, "kadis", "kabid", "verifikator")


@pytest.fixture
def path(disk: Path) -> Path:
    return disk / "data" / "portal.db"


@pytest.fixture
def open_records(path: Path) -> Iterator[Callable[..., SqliteRecords]]:
    opened = []

    def open_one(services: Sequence[str] = SERVICE, **settings: Any) -> SqliteRecords:
        opened.append(SqliteRecords(path, services, **settings))
        return opened[-1]

    yield open_one
    for records in opened:
        records.close()


@pytest.fixture
def records(open_records: Callable[..., SqliteRecords]) -> SqliteRecords:
    return open_records()


class TestSqliteRecords(RecordsContract):
    @pytest.fixture
    def open_records(self, open_records: Callable[..., SqliteRecords]) -> Callable[..., SqliteRecords]:
        return open_records


TAMPERING = [
    ("UPDATE event SET entry = replace(entry, 'Mohon', 'Jangan') WHERE number = 3", 3),
    ("UPDATE event SET entry = replace(entry, '\"kadis\"', '\"kabid\"') WHERE number = 3", 3),
    ("UPDATE event SET entry = replace(entry, '2026-08-03T09', '2026-08-03T07') WHERE number = 2", 2),
    ("UPDATE event SET number = number + 5 WHERE number = 2", 2),
    ("DELETE FROM event WHERE number = 1", 1),
]


@pytest.mark.parametrize(("statement", "number"), TAMPERING)
def test_a_row_changed_behind_the_portal_shows_in_the_chain(
    records: SqliteRecords, path: Path, statement: str, number: int
) -> None:
    case = write(records, application("confirm", "forward", "forward"))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement).rowcount == 1
        connection.commit()
    assert records.load(case.ticket).first_damage() == number


def test_the_file_is_for_its_owner_only(records: SqliteRecords, path: Path) -> None:
    write(records, application())
    files = [path.parent, *path.parent.iterdir()]
    assert len(files) == 5  # the folder, the file, its two side files, its lock
    assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files} == {0}


def test_nothing_is_stored_that_only_python_could_read(records: SqliteRecords, path: Path) -> None:
    case = application()
    records.commit(change(case, notices=owed_by(case), draft=draft(), fact={"ticket": case.ticket}))
    records.keep_tally("penerbitan", Compiled("2026-08", "2026-08-31", 1), {"months": {}})
    with closing(sqlite3.connect(path)) as connection:
        bodies = connection.execute(
            "SELECT body FROM application UNION SELECT entry FROM event UNION SELECT body FROM draft UNION"
            " SELECT body FROM fact UNION SELECT body FROM tally"
        ).fetchall()
    assert len(bodies) == 5
    assert all(isinstance(json.loads(body), dict) for (body,) in bodies)


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_while_another_process_holds_the_file_writing_is_unavailable_and_reading_goes_on(
    open_records: Callable[..., SqliteRecords], path: Path
) -> None:
    records = open_records(busy_seconds=0.2)
    case = write(records, application())
    holder = run(HOLDER, path)
    assert first_line(holder) == "held\n"
    for attempt in (
        lambda: records.commit(change(after(case, "confirm"))),
        lambda: records.save_draft(draft()),
        lambda: records.claim_notice(AT, LEASE),
        lambda: records.next_number("penerbitan", "agenda"),
    ):
        with pytest.raises(Unavailable) as caught:
            attempt()
        assert caught.value.code == "store_unavailable"
    assert records.load(case.ticket) == case
    holder.communicate("\n")
    records.commit(change(after(case, "confirm")))
    assert records.load(case.ticket).version == 2


def test_a_short_hold_is_waited_out(open_records: Callable[..., SqliteRecords], path: Path) -> None:
    records = open_records(busy_seconds=5)
    holder = run(HOLDER.replace("sys.stdin.readline()", "__import__('time').sleep(0.3)"), path)
    assert first_line(holder) == "held\n"
    write(records, application())
    assert records.load(a_ticket()).version == 1
    holder.communicate()


def test_a_full_disk_is_unavailable_and_leaves_nothing_half_written(records: SqliteRecords) -> None:
    case = write(records, application())
    big = application(form={"nama_ktp": "x" * 200_000}, number=2)
    for _ in range(3):
        with records._database.reading() as connection:
            # As if the disk ended where the file ends now; the connection is the one that is lent next.
            connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(Unavailable) as caught:
            records.commit(change(big, notices=[a_notice(big.ticket)], claims=["visit/1"]))
        assert caught.value.code == "store_unavailable"
        assert records.load(case.ticket) == case, "reading goes on"
    with records._database.reading() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    with pytest.raises(NotFound):
        records.load(big.ticket)
    assert list(records.unsent()) == []
    assert list(records.taken("")) == []
    records.commit(change(after(case, "confirm")))
    records.commit(change(big, claims=["visit/1"]))
    assert records.load(case.ticket).version == 2


def test_a_file_that_may_only_be_read_is_unavailable_for_writing(records: SqliteRecords) -> None:
    case = write(records, application())
    with records._database.reading() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(Unavailable):
        records.commit(change(after(case, "confirm")))
    assert records.load(case.ticket) == case


OUT_OF_ROOM = """
import resource, sys
from pathlib import Path
from tests.support.builders import application
from tests.support.commits import LEASE, change
from portal.engines.local.records import SqliteRecords
from portal.core.errors import Unavailable
records = SqliteRecords(Path(sys.argv[1]), ["penerbitan"])
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
written = 0
try:
    for number in range(1, 500):
        records.commit(change(application(number=number)))
        written = number
except Unavailable as problem:
    print(problem.code, written)
"""


def test_when_the_system_refuses_to_write_on_all_that_was_acknowledged_is_there(
    records: SqliteRecords, path: Path
) -> None:
    (line,) = said(run(OUT_OF_ROOM, path))
    code, written = line.split()
    assert code == "store_unavailable"
    assert 1 < int(written) < 499
    assert {case.ticket for case in records.waiting_on("penerbitan", APPLICANT)} == {
        a_ticket(n + 1) for n in range(int(written))
    }


@pytest.mark.parametrize("where", ["a folder", "under a file"])
def test_a_place_that_cannot_be_a_file_is_unavailable(disk: Path, where: str) -> None:
    (disk / "file").touch()
    with pytest.raises(Unavailable) as caught:
        SqliteRecords(disk if where == "a folder" else disk / "file" / "portal.db", ["penerbitan"])
    assert caught.value.code == "store_unavailable"


def test_a_file_of_a_newer_portal_is_left_alone(records: SqliteRecords, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Unavailable) as caught:
        SqliteRecords(path, ["penerbitan"])
    assert (caught.value.code, caught.value.facts["version"]) == ("store_newer", 99)


def test_an_older_file_is_brought_forward_with_its_content(disk: Path) -> None:
    first = ("CREATE TABLE a (x TEXT)", "INSERT INTO a VALUES ('kept')")
    second = ("ALTER TABLE a ADD COLUMN y TEXT", "UPDATE a SET y = 'new'")
    Database(disk / "db", (first,)).close()
    for _ in range(2):
        with closing(Database(disk / "db", (first, second))) as database, database.reading() as connection:
            assert connection.execute("SELECT * FROM a").fetchall() == [("kept", "new")]


def test_a_portal_that_added_nothing_up_yet_gets_a_place_for_it_and_keeps_its_facts(
    open_records: Callable[..., SqliteRecords], path: Path
) -> None:
    with closing(Database(path, rows.MIGRATIONS[:1])) as before, before.writing() as connection:
        connection.execute("""INSERT INTO fact VALUES ('T', '{"closed":"2026-08-03"}')""")
    records = open_records()
    assert list(records.facts("penerbitan", "2026-08")) == [{"closed": "2026-08-03"}]
    assert records.compiled("penerbitan") == []


def test_facts_of_a_time_are_found_without_going_through_all_of_them(
    records: SqliteRecords, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[Any, ...]]] = []

    def note(self: SqliteRecords, query: str, *values: Any) -> list[Any]:
        asked.append((query, values))
        return []

    monkeypatch.setattr(type(records), "_all", note)
    records.facts("penerbitan", "2026-08")
    records.facts_after("penerbitan", "2026-08-03")
    with closing(sqlite3.connect(path)) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall() for query, values in asked]
    assert len(plans) == 2
    for plan in plans:
        assert all("USING INDEX fact_closed" in detail for *_, detail in plan), plan


def test_emails_to_be_sent_are_found_without_going_through_those_that_are_settled(records: SqliteRecords) -> None:
    asked: list[str] = []
    with records._database.reading() as connection:  # the one that is lent next
        connection.set_trace_callback(asked.append)
    records.claim_notice(AT, LEASE)
    list(records.unsent())
    with records._database.reading() as connection:
        connection.set_trace_callback(None)
        looks = [query for query in asked if query.startswith("SELECT")]
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall() for query in looks]
    assert [detail.split("USING ")[1].split()[:2] for ((*_, detail),) in plans] == [
        ["INDEX", "notice_due"],
        ["INDEX", "notice_unsent"],
    ]


def test_a_migration_that_fails_leaves_the_file_as_it_was(disk: Path) -> None:
    first = ("CREATE TABLE a (x TEXT)",)
    Database(disk / "db", (first,)).close()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        Database(disk / "db", (first, ("CREATE TABLE b (x TEXT)", "UPDATE missing SET x = 1")))
    with closing(Database(disk / "db", (first,))) as database, database.reading() as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("a",)]


OPENER = """
import sys
from pathlib import Path
from portal.engines.local.records import SqliteRecords
print("ready", flush=True)
sys.stdin.readline()
for number in range(5):
    print(SqliteRecords(Path(sys.argv[1]), ["penerbitan"]).next_number("penerbitan", "agenda"))
"""


def test_several_processes_may_open_a_new_file_at_the_same_moment(path: Path) -> None:
    processes = [run(OPENER, path) for _ in range(4)]
    start(processes)
    assert sorted(int(line) for process in processes for line in said(process)) == list(range(1, 21))


def test_a_backup_is_whole_while_writing_goes_on(records: SqliteRecords, disk: Path) -> None:
    cases = [write(records, application("confirm", number=number)) for number in range(1, 4)]
    records.backup(disk / "copy.db")
    records.commit(change(after(cases[0], "forward")))
    with closing(SqliteRecords(disk / "copy.db", ["penerbitan"])) as copy:
        assert [copy.load(case.ticket) for case in cases] == cases
    assert stat.S_IMODE((disk / "copy.db").stat().st_mode) == 0o600


SENDER_PROCESS = """
import sys, time
from datetime import timedelta
from pathlib import Path
from tests.support.builders import AT
from portal.engines.local.records import SqliteRecords
records = SqliteRecords(Path(sys.argv[1]), ["penerbitan"])
print("ready", flush=True)
sys.stdin.readline()
while held := records.claim_notice(AT, timedelta(minutes=2)):
    print(held.about)
    time.sleep(0.02)  # the relay's answer
    records.settle_notice(held.delivered(AT))
"""


def test_of_several_processes_that_send_each_email_is_claimed_by_one(records: SqliteRecords, path: Path) -> None:
    records.owe([a_notice(f"T{number}") for number in range(80)])
    processes = [run(SENDER_PROCESS, path) for _ in range(3)]
    start(processes)
    claimed = [said(process) for process in processes]
    assert sorted(about for abouts in claimed for about in abouts) == sorted(f"T{number}" for number in range(80))
    assert sum(bool(abouts) for abouts in claimed) > 1
    assert list(records.unsent()) == []


WRITER = """
import sys
from pathlib import Path
from tests.support.builders import a_notice, after, application
from tests.support.commits import LEASE, change
from portal.engines.local.records import SqliteRecords
records = SqliteRecords(Path(sys.argv[1]), ["penerbitan"])
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 5_000):
    case = application(number=number)
    for action in ("", "confirm", "forward", "forward"):
        case = after(case, action) if action else case
        owed = a_notice(case.ticket, event=case.version)
        records.commit(change(case, notices=[owed], claims=[f"{case.ticket}/{case.version}"]))
        print(case.ticket, case.version, flush=True)
"""


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    open_records: Callable[..., SqliteRecords], path: Path
) -> None:
    acknowledged: dict[str, int] = {}
    for round in range(4):
        writers = [run(WRITER, path, 10_000 * (2 * round + side)) for side in (1, 2)]
        firsts = [first_line(writer) for writer in writers]
        time.sleep(random.uniform(0, 0.25))
        for writer, first in zip(writers, firsts, strict=True):
            writer.send_signal(signal.SIGKILL)
            rest, _ = writer.communicate()
            for ticket, version in map(str.split, complete_lines(first + rest)):
                acknowledged[ticket] = int(version)
    records = open_records()
    cases = {case.ticket: case for role in ROLES for case in records.waiting_on("penerbitan", role)}
    assert len(acknowledged) > 10
    assert all(cases[ticket].version >= version for ticket, version in acknowledged.items())
    emails, claims = list(records.unsent()), list(records.taken(""))
    for ticket, case in cases.items():
        numbers = list(range(1, case.version + 1))
        assert case.first_damage() is None
        assert [event.number for event in case.events] == numbers
        assert sorted(email.event for email in emails if email.about == ticket) == numbers
        assert sorted(name for name in claims if name.startswith(ticket)) == [f"{ticket}/{n}" for n in numbers]
    with records._database.reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_an_email_is_known_by_a_name_of_its_own_from_before_it_is_sent(records: SqliteRecords) -> None:
    records.owe([a_notice("first", due_at=AT - LEASE), a_notice("second"), a_notice("alone", recipient="lain@x.go.id")])
    held = claimed(records, AT)
    also = records.claim_also(held, lambda _: True, AT, LEASE)
    alone = claimed(records, AT)
    assert sorted(records.sent_in(held.email)) == sorted([held.identity, *(each.identity for each in also)])
    assert records.sent_in(alone.email) == [alone.identity]
    assert records.sent_in("") == records.sent_in("0" * 16) == records.sent_in(also[0].email) == []
    records.settle_notice(alone.failed("451", AT))
    again = claimed(records, AT + LEASE)
    assert records.sent_in(alone.email) == [], "word of an earlier attempt is outdated"
    assert records.sent_in(again.email) == [alone.identity]


def test_however_many_wait_for_one_person_they_are_not_looked_at_one_by_one(records: SqliteRecords) -> None:
    looked_at = count()
    records.owe([a_notice(f"T{number}") for number in range(300)])
    records.owe([a_notice("other", recipient="lain@x.id")])
    given = [records.claim_notice(AT, LEASE, lambda _: next(looked_at) >= 0) for _ in range(3)]
    assert [each.recipient if each else "" for each in given] == [a_notice().recipient, "lain@x.id", ""]
    assert next(looked_at) < 9
