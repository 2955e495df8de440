"""What every engine's records must do with the lines of the list of all cases, and with a case that is opened again."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.corrections import undo
from portal.core.errors import Conflict
from portal.core.listing import Line, line
from portal.engines.ports import Records
from tests.support.builders import a_sop, after, application
from tests.support.commits import change, write

DAY = date(2026, 11, 23)


class LinesContract:
    def test_a_line_is_written_with_its_case_and_says_how_it_stands_since(self, records: Records) -> None:
        case = application(number=1)
        records.commit(change(case, line=line(case, a_sop())))
        assert list(records.lines(case.service)) == [line(case, a_sop())]
        moved = after(case, "confirm")
        records.commit(change(moved, line=line(moved, a_sop())))
        assert list(records.lines(case.service)) == [line(moved, a_sop())]

    def test_a_move_that_is_refused_leaves_the_line_as_it_was(self, records: Records) -> None:
        case = application(number=1)
        records.commit(change(case, line=line(case, a_sop())))
        with pytest.raises(Conflict):
            records.commit(change(case, line=replace(line(case, a_sop()), name="Lain")))
        assert list(records.lines(case.service)) == [line(case, a_sop())]

    def test_lines_of_one_service_are_not_those_of_another(self, records: Records) -> None:
        case = application(number=1)
        records.keep_lines([line(case, a_sop()), replace(line(case, a_sop()), service="surel")])
        assert [each.service for each in records.lines("surel")] == ["surel"]
        assert list(records.lines("perpanjangan")) == []

    def test_a_line_given_later_never_takes_the_place_of_one_that_is_there(self, records: Records) -> None:
        old, case = application(number=1), application(number=2)
        write(records, old)
        records.commit(change(case, line=line(case, a_sop())))
        records.keep_lines([replace(line(case, a_sop()), name="Lain"), line(old, a_sop())])
        assert {each.ticket: each.name for each in records.lines(case.service)} == {
            old.ticket: line(old, a_sop()).name,
            case.ticket: line(case, a_sop()).name,
        }
        records.keep_lines([])

    def test_lines_are_found_beside_a_place_by_when_their_cases_were_sent(self, records: Records) -> None:
        made = [replace(line(application(number=1), a_sop()), ticket=f"TTE-{each}") for each in "BACD"]
        days = (DAY, DAY, date(2026, 1, 5), date(2027, 1, 5))
        lines = [
            replace(each, opened=datetime(*day.timetuple()[:3], tzinfo=UTC))
            for each, day in zip(made, days, strict=True)
        ]
        records.keep_lines([*lines, replace(lines[0], service="surel", ticket="TTE-E")])
        b, a, c, d = lines

        def found(most: int, place: str = "", *, newer: bool = False) -> list[Line]:
            return list(records.lines_by_age(b.service, most, place, newer=newer))

        assert found(9) == [d, b, a, c]
        assert (found(2), found(1, b.place), found(9, a.place), found(9, c.place)) == ([d, b], [a], [c], [])
        assert found(9, newer=True) == [c, a, b, d]
        assert (found(1, newer=True), found(1, a.place, newer=True), found(9, d.place, newer=True)) == ([c], [b], [])
        assert (found(9, "2026-11-23"), found(9, "2026-11-24", newer=True)) == ([c], [d])
        assert records.lines_by_age("perpanjangan", 9) == records.lines_by_age("perpanjangan", 9, newer=True) == []
        assert records.place_lines(b.service) == 0

    def test_a_line_that_cannot_be_read_takes_no_other_ones_turn(self, records: Records) -> None:
        made = [replace(line(application(number=1), a_sop()), ticket=f"TTE-{each}") for each in "ABC"]
        state: Any = SimpleNamespace(value="of another portal")
        bent = [replace(each, state=state) for each in (made[0], made[2])]
        records.keep_lines([made[1], *bent])
        service = made[1].service
        assert records.lines_by_age(service, 1) == records.lines_by_age(service, 1, newer=True) == [made[1]]

    def test_a_line_stays_in_its_place_whatever_becomes_of_its_case(self, records: Records) -> None:
        case = application(number=1)
        records.commit(change(case, line=line(case, a_sop())))
        moved = after(case, "confirm")
        records.commit(change(moved, line=line(moved, a_sop())))
        assert records.lines_by_age(case.service, 9) == [line(moved, a_sop())]


class ReopenedContract:
    def test_what_the_recap_kept_of_a_case_goes_when_it_is_opened_again(self, records: Records) -> None:
        rejected, other = after(after(application(number=1), "confirm"), "reject"), application(number=2)
        fact = {"service": rejected.service, "closed": "2026-11-23", "outcome": "rejected"}
        write(records, after(application(number=1), "confirm"))
        records.commit(change(rejected, fact={**fact, "ticket": rejected.ticket}))
        records.commit(change(other, fact={**fact, "ticket": other.ticket}))
        clerk = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
        again = undo(rejected, "Keliru.", by=clerk, closed=DAY, today=DAY, at=rejected.events[-1].at)
        records.commit(change(again, reopened="2026-11-23"))
        assert [kept["ticket"] for kept in records.facts(rejected.service)] == [other.ticket]
        assert records.load(rejected.ticket) == again
