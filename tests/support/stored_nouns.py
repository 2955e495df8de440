"""The nouns that early portals kept, as ``stored.sql`` and ``stored.jsonl`` hold them; written, and read back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from portal.core.application import Actor, Application, Event
from portal.core.draft import Document, Draft
from portal.core.notices import Notice
from portal.core.officials import Official
from portal.core.steps import State
from portal.engines.ports import Change, Compiled, Records

LEASE = timedelta(minutes=2)

TICKET = "TTE-26-4F7K-9QXM"
AT = datetime(2026, 8, 3, 8, 0, tzinfo=timezone(timedelta(hours=8)))
LATER = datetime(2026, 8, 3, 1, 0, 0, 5, tzinfo=UTC)
SITI = "siti@tarakankota.go.id"
FORM = {"nama_ktp": "Siti Aminah", "email": SITI, "tahun": 36}
KTP = Document(
    "ktp", "drafts/a1/ktp/x", "000001.a", "9f86", 48_213, "application/pdf", 2, AT.isoformat(), "ktp – Siti.pdf"
)

APPLICANT = Actor("applicant", "Siti Aminah", email=SITI)
KADIS = Actor("kadis", "Drs. Arif", "Plt. Kadis", "kadis@tarakankota.go.id", "1970")
SENT = Event(1, "submit", AT, "ajukan", State.UNCONFIRMED, APPLICANT, {"form": "5e88"}, "0a", "1b")
FORWARDED = Event(2, "forward", LATER, "disposisi", State.WAITING, KADIS, {"items": ["ktp"]}, "1b", "2c")
FIRST = Application(TICKET, "penerbitan", "9f86d0", FORM, (KTP,), "ajukan", State.UNCONFIRMED, (SENT,))
CASE = replace(FIRST, step="disposisi", state=State.WAITING, events=(SENT, FORWARDED))

DRAFT = Draft("a1", "penerbitan", FORM, AT, (KTP,))
MENDING = Draft(f"{TICKET}-3", "penerbitan", {}, LATER, (), mends=TICKET, items=("ktp", "email"))

OWED = Notice(TICKET, 1, "turn", "kadis@tarakankota.go.id", "", "kadis", "Drs. Arif", AT, AT)
DEFERRED = replace(OWED, occasion="again", due_at=LATER, attempts=2, problem="451 busy")
REFUSED = replace(OWED, event=2, due_at=LATER, attempts=1, problem="550 unknown", hopeless=True)
DELIVERED = replace(OWED, event=3, attempts=1, sent_at=LATER)
DROPPED = replace(REFUSED, event=4, dropped_at=LATER)

HOLDER = Official("penerbitan", "kadis", "Dra. Ani", "Ani@tarakankota.go.id", since=date(2024, 1, 2))
ACTING = Official(
    "penerbitan", "kadis", "Drs. Arif", "kadis@tarakankota.go.id", "1970", "Plt.", "800/12", until=date(2026, 8, 9)
)

FACT = {"ticket": TICKET, "closed": "2026-08-03", "minutes": {"ajukan": 12}, "office": "Dinas – A"}
SUMMED = Compiled("2026-08", "2026-08-03", 1)
TALLY = {"steps": {"ajukan": {"12": 1}}, "months": {"2026-08": {"": {"returns": 0}}}}


def write_everything(records: Records) -> None:
    notices = [OWED, DEFERRED, REFUSED, DELIVERED, DROPPED]
    records.commit(Change(FIRST, waits_on="applicant"))
    records.commit(Change(CASE, notices, DRAFT, claims=["visit/1"], fact=FACT, waits_on="kabid"))
    records.save_draft(MENDING)
    records.appoint(HOLDER)
    records.appoint(ACTING)
    records.keep_sop("9f86d0", '{"text":"–"}')
    records.keep_tally("penerbitan", SUMMED, TALLY)
    records.next_number("penerbitan", "agenda-2026")


def everything_is_read(records: Records) -> None:
    assert list(records.waiting_on("penerbitan", "kabid")) == [records.load(TICKET)] == [CASE]
    assert list(records.drafts_before(LATER + LEASE)) == [DRAFT, MENDING]
    assert [records.load_draft("a1"), records.load_draft(MENDING.id)] == [DRAFT, MENDING]
    assert sorted(records.unsent(), key=lambda notice: notice.identity) == [OWED, DEFERRED, REFUSED]
    assert records.officials() == [HOLDER, ACTING]
    assert records.taken("visit/") == ["visit/1"]
    assert records.sop("9f86d0") == '{"text":"–"}'
    assert list(records.facts("penerbitan", "2026-08")) == [FACT]
    assert list(records.tallies("penerbitan")) == [(SUMMED, TALLY)]
    assert records.compiled("penerbitan") == [SUMMED]
    assert records.next_number("penerbitan", "agenda-2026") == 2
