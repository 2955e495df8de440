"""What both engines keep is told in the same pieces, and taken in as it was told, once or twice."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from portal.core.errors import NotMoved, Unavailable
from portal.core.handouts import PERSON, Handout
from portal.core.listing import line
from portal.engines.aws.moving import KNOWN_FOR, Latch
from portal.engines.aws.records import DynamoRecords
from portal.engines.local.files import FolderFiles
from portal.engines.local.records import SqliteRecords
from portal.engines.moving import ARRIVING, LEAVING, LEFT, Piece, Sums, repinned
from portal.links import Links
from tests.support.aws_wire import client, make_table
from tests.support.builders import a_notice, a_sop, application, certificate, official
from tests.support.commits import write
from tests.support.stored_nouns import AT, DEFERRED, LATER, LEASE, everything_is_read, write_everything

SERVICES = ["penerbitan", "surel"]
OF_THE_OTHER = replace(official("kadis"), service="surel")
KINDS = {
    *("founder", "sop", "official", "counter", "claim", "case", "event", "notice", "draft", "certificate", "line"),
    *("fact", "tally", "told", "used", "handout"),
}

Ends = dict[str, Any]


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    """Two of each engine, empty."""
    with mock_aws():
        wired = client("dynamodb")
        made: Ends = {}
        for name in ("one", "two"):
            make_table(wired, name)
            made[f"aws {name}"] = DynamoRecords(wired, name, SERVICES, pause=lambda _: None)
            made[f"local {name}"] = SqliteRecords(tmp_path / name / "portal.sqlite", SERVICES)
        yield made
        for name in ("one", "two"):
            made[f"local {name}"].close()


def fill(records: Any) -> None:
    """Something of every kind, and of two services."""
    write_everything(records)
    write(records, case := application("confirm"))
    records.keep_lines([line(case, a_sop())])
    records.keep_certificates([certificate(), certificate(id="IMPOR-2", service="surel", valid_until=date(2026, 9, 1))])
    records.next_number("surel", "agenda-2026")
    records.appoint(OF_THE_OTHER)
    records.use("a link", "a browser", AT, AT + timedelta(days=9))
    records.use("an old link", "a browser", AT - timedelta(days=9), AT - timedelta(days=1))
    records.goes_first(DEFERRED, AT, LATER)
    records.keep_handout(Handout(AT, PERSON, "Rina Contoh", "Petugas", 1, (case.ticket,)))


def sums(records: Any) -> Sums:
    told = Sums()
    for page, _ in records.pages("", AT):
        for piece in page:
            told.add(piece)
    return told


def test_both_engines_tell_the_same_of_the_same(ends: Ends) -> None:
    for name in ("aws one", "local one"):
        fill(ends[name])
    assert set(sums(ends["local one"]).counts) == KINDS
    assert sums(ends["local one"]).differing(sums(ends["aws one"])) == []


@pytest.mark.parametrize(
    ("source", "target"), [("local one", "aws one"), ("aws one", "local one"), ("local one", "local two")]
)
def test_what_is_taken_in_is_what_was_told(ends: Ends, source: str, target: str) -> None:
    """Also if some of it is taken in twice, as after a kill; and it reads as it was written."""
    fill(ends[source])
    ends[source].claim_notice(LATER, LEASE)
    pages = list(ends[source].pages("", AT))
    for page, _ in (*pages[: len(pages) // 2], *pages):
        ends[target].take_in(page)
    assert sums(ends[target]).differing(sums(ends[source])) == []
    ends[target].mark_move("")
    assert list(ends[target].certificates_of("contoh", certificate().number, "")) == [certificate()]
    assert list(ends[target].handouts()) == list(ends[source].handouts())
    assert ends[target].used("a link", AT) == ["a browser"]
    assert ends[target].next_number("surel", "agenda-2026") == 2
    assert list(ends[target].officials("surel")) == [OF_THE_OTHER]


def test_what_an_early_portal_wrote_arrives_and_is_read(ends: Ends, tmp_path: Path) -> None:
    write_everything(ends["local one"])
    for page, _ in ends["local one"].pages("", AT):
        ends["aws one"].take_in(page)
    everything_is_read(ends["aws one"])


@pytest.mark.parametrize(("source", "target"), [("local one", "aws one"), ("aws one", "local one")])
def test_a_new_official_comes_after_those_that_were_moved(ends: Ends, source: str, target: str) -> None:
    fill(ends[source])
    for page, _ in ends[source].pages("", AT):
        ends[target].take_in(page)
    ends[target].appoint(replace(ends[source].officials()[0], email="baru@tarakankota.go.id"))
    ends[target].keep_handout(Handout(AT, PERSON, "Baru", "Petugas", 1, ()))
    names = [official.email for official in ends[target].officials()]
    assert names == [*(official.email for official in ends[source].officials()), "baru@tarakankota.go.id"]
    assert [each.name for each in ends[target].handouts()] == ["Rina Contoh", "Baru"]


@pytest.mark.parametrize("source", ["local one", "aws one"])
def test_telling_is_gone_on_with_at_any_place(ends: Ends, source: str) -> None:
    fill(ends[source])
    many = [f"visit/{number:04}" for number in range(1100)]
    ends[source].take_in(Piece("claim", (name,), {"ticket": "TTE-26-7777-777M"}) for name in many)
    pages = list(ends[source].pages("", AT))
    assert len(pages) > 2
    whole = [piece for page, _ in pages for piece in page]
    for number, (_, place) in enumerate(pages):
        before = [piece for page, _ in pages[: number + 1] for piece in page]
        after = [piece for page, _ in ends[source].pages(place, AT) for piece in page]
        assert before + after == whole


@pytest.mark.parametrize("end", ["local one", "aws one"])
def test_everything_but_the_mark_is_forgotten(ends: Ends, end: str) -> None:
    fill(ends[end])
    ends[end].mark_move(ARRIVING)
    ends[end].forget_everything()
    assert (sums(ends[end]).counts, ends[end].move_mark()) == ({}, ARRIVING)


# --- nobody writes ---


@pytest.mark.parametrize(
    ("mark", "code"), [(LEAVING, "store_moving"), (ARRIVING, "store_arriving"), (LEFT, "store_moved")]
)
@pytest.mark.parametrize("engine", ["local", "aws"])
def test_what_is_marked_is_read_and_takes_nothing_in(tmp_path: Path, engine: str, mark: str, code: str) -> None:
    with mock_aws():
        make_table(wired := client("dynamodb"), "portal")
        records: Any = (
            SqliteRecords(tmp_path / "portal.sqlite", SERVICES)
            if engine == "local"
            else DynamoRecords(wired, "portal", SERVICES)
        )
        fill(records)
        records.mark_move(mark)
        # As another process, which the mover's own handle is not.
        other: Any = records if engine == "local" else DynamoRecords(wired, "portal", SERVICES, latched=True)
        before = sums(records)
        writes: list[Callable[[], object]] = [
            lambda: other.owe([a_notice("late")]),
            lambda: other.settle_notice(DEFERRED.delivered(LATER)),
            lambda: other.next_number("penerbitan", "agenda-2026"),
            lambda: other.delete_draft("a1"),
            lambda: other.forget_certificate("contoh", "TTE-1"),
            lambda: other.use("link", "device", AT, LATER),
            lambda: other.claim_notice(LATER, LEASE),
            lambda: write(other, application("confirm", number=9)),
        ]
        for each in writes:
            with pytest.raises(Unavailable) as refusal:
                each()
            assert refusal.value.code == code
        assert sums(records).differing(before) == []
        assert other.officials()
        records.mark_move("")
        if engine == "local":
            other.owe([a_notice("late")])
        else:
            DynamoRecords(wired, "portal", SERVICES, latched=True).owe([a_notice("late")])
        records.close() if engine == "local" else None


def test_the_mark_is_looked_at_every_few_seconds() -> None:
    now, marks, asked = [0.0], ["", LEAVING], [0]

    def read() -> str:
        asked[0] += 1
        return marks.pop(0)

    latch = Latch(read, lambda: now[0])
    for now[0] in (0, KNOWN_FOR / 2, KNOWN_FOR - 0.1):
        latch.must_be_open()
    assert asked == [1]
    now[0] = KNOWN_FOR
    with pytest.raises(Unavailable):
        latch.must_be_open()


# --- what makes no sense, and files ---


def test_what_cannot_be_read_is_named_and_not_left_behind(tmp_path: Path) -> None:
    with closing(SqliteRecords(tmp_path / "portal.sqlite", SERVICES)) as records:
        fill(records)
        with closing(sqlite3.connect(tmp_path / "portal.sqlite")) as database, database:
            database.execute("UPDATE draft SET body = '{' WHERE id = 'a1'")
        with pytest.raises(NotMoved) as refusal:
            list(records.pages("", AT))
        assert (refusal.value.code, refusal.value.facts["kind"]) == ("move_unreadable", "draft")


def test_no_table_is_left_out(tmp_path: Path) -> None:
    """Whoever adds one decides whether it is told of, or can be made anew."""
    with closing(SqliteRecords(tmp_path / "portal.sqlite", SERVICES)):
        pass
    with closing(sqlite3.connect(tmp_path / "portal.sqlite")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    told = (KINDS - {"case"}) | {"application"}
    assert tables == told | {"standing", "sweep"}


def test_a_folder_tells_of_every_version_the_oldest_first(tmp_path: Path) -> None:
    counted = iter("abcdef")
    files = FolderFiles(tmp_path / "berkas", Links(["k" * 64]), lambda: next(counted))
    kept = [files.write(key, content, "") for key, content in (("a/b", b"1"), ("a/b", b"22"), ("a/c/d", b"333"))]
    (tmp_path / "berkas" / "a" / ".b@000003.x").write_bytes(b"half")
    assert list(files.every()) == kept
    files.forget_everything()
    assert list(files.every()) == []


def test_documents_get_the_versions_that_they_have_there() -> None:
    document = {"key": "a/b", "version": "1", "sha256": "9f", "sheets": [{"key": "a/c", "version": "2"}]}
    pins = {("a/b", "1"): "x", ("a/c", "2"): "y"}
    pinned = {**document, "version": "x", "sheets": [{"key": "a/c", "version": "y"}]}
    assert repinned(Piece("draft", ("a",), {"documents": [document]}), pins).entry == {"documents": [pinned]}
    case = {"application": {"documents": [document]}, "version": 1}
    assert repinned(Piece("case", ("a",), case), pins).entry["application"] == {"documents": [pinned]}
    gone = Piece("draft", ("a",), {"documents": [{"key": "a/z", "version": "7"}]})
    assert repinned(gone, pins) == gone
