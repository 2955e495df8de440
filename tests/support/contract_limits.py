"""What holds across all processes of a portal, whichever engine keeps it: drafts, files, emails, and typed codes."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.core.application import Actor
from portal.core.errors import NotAllowed
from portal.core.notices import notice
from portal.links import Links
from portal.usecases import allowance
from portal.usecases.allowance import HOUR, Allowance
from portal.usecases.codes import Codes
from portal.usecases.pacing import FIRST, Pacing
from tests.support.builders import AT
from tests.support.commits import Open

CLIENT, OTHER = "203.0.113.9", "203.0.113.10"
SITI = Actor("pemohon", "Siti Contoh", email="siti@example.go.id")
LINKS = Links(["kunci"])


class LimitsContract:
    def test_drafts_files_and_addresses_of_a_client_are_counted_together(
        self, open_records: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(allowance, "DRAFTS", 2)
        monkeypatch.setattr(allowance, "FILES", 2)
        monkeypatch.setattr(allowance, "ADDRESSES", 2)
        here, there = (Allowance(open_records(), lambda said: LINKS.seal("client", said)) for _ in range(2))
        for number, each in enumerate((here, there)):
            assert each.may_begin(CLIENT, f"draf-{number}", AT)
            each.has_begun(CLIENT, f"draf-{number}", AT)
            assert each.may_send(CLIENT, AT)
            each.has_sent(CLIENT, f"drafts/a/{number} 1", 10, AT)
            assert each.may_write_to(CLIENT, [f"siti{number}@example.go.id"], AT)
            each.writes_to(CLIENT, [f"siti{number}@example.go.id"], AT)
        for each in (here, there):
            assert not each.may_begin(CLIENT, "draf-2", AT)
            assert each.may_begin(CLIENT, "draf-0", AT)
            assert not each.may_send(CLIENT, AT)
            assert not each.may_write_to(CLIENT, ["siti2@example.go.id"], AT)
            assert each.may_write_to(CLIENT, ["SITI1@example.go.id"], AT)
            assert each.may_begin(OTHER, "draf-2", AT)
            assert each.may_send(OTHER, AT)
            assert each.may_write_to(OTHER, ["siti2@example.go.id"], AT)
            assert each.may_begin(CLIENT, "draf-2", AT + HOUR)
            assert each.may_send(CLIENT, AT + HOUR)
            assert each.may_write_to(CLIENT, ["siti2@example.go.id"], AT + HOUR)

    def test_an_email_that_anybody_can_cause_goes_to_an_address_once_a_while_whoever_sends_it(
        self, open_records: Open
    ) -> None:
        here, there = (Pacing(open_records(), lambda said: LINKS.seal("sent", said)) for _ in range(2))
        first, second = (notice("new_link", SITI, about=f"TTE-{number}", event=1, at=AT) for number in range(2))
        assert here.waits_until(first, AT) is None
        assert there.waits_until(second, AT) == AT + FIRST, "one is under way"
        here.has_gone(first, AT)
        assert there.waits_until(second, AT + FIRST / 2) == AT + FIRST
        assert there.waits_until(second, AT + FIRST) is None

    def test_codes_that_are_typed_are_counted_together(self, open_records: Open) -> None:
        asked = LINKS.sign("code.perangkat", {"r": SITI.email, "a": AT.isoformat()}, AT + timedelta(minutes=10))
        codes = [Codes(_office(open_records())) for _ in range(2)]
        assert [_refused(codes[number % 2], asked) for number in range(6)] == ["code_wrong"] * 4 + ["code_paused"] * 2
        assert _refused(codes[0], asked) == _refused(codes[1], asked) == "code_paused"


def _office(records: Any) -> Any:
    """As much of an office as codes are checked with."""
    services = SimpleNamespace(first=SimpleNamespace(service="penerbitan"))
    calendar = SimpleNamespace(zone=ZoneInfo("Asia/Makassar"))
    return SimpleNamespace(records=records, clock=lambda: AT, links=LINKS, services=services, calendar=calendar)


def _refused(codes: Codes, asked: str) -> str:
    with pytest.raises(NotAllowed) as refusal:
        codes.check("perangkat", asked, "belum tahu")
    return refusal.value.code
