"""What every engine's records must do with the lines of the list of all cases, and with a case that is opened again."""

from dataclasses import replace
from datetime import date

import pytest

from portal.core.application import Actor
from portal.core.corrections import undo
from portal.core.errors import Conflict
from portal.core.listing import line
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
