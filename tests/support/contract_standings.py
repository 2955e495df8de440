"""What every engine's records must do so that open cases are listed without being read."""

from collections.abc import Sequence
from dataclasses import replace

from portal.core.application import Application
from portal.core.sop import APPLICANT
from portal.core.standing import standing
from portal.core.steps import State
from portal.engines.ports import Records
from tests.support.builders import a_sop, after, application, application_in
from tests.support.commits import change, write

ROLES = (APPLICANT, "kadis", "kabid", "verifikator")


def moved(records: Records, case: Application) -> Application:
    """Commit the case's newest event as the office does."""
    kept = None if case.is_closed else standing(case, a_sop())
    records.commit(change(case, standing=kept))
    return case


def others(records: Records, roles: Sequence[str] = ROLES) -> dict[str, list[str]]:
    return {role: list(tickets) for role, tickets in records.standings("penerbitan", roles).others.items()}


class StandingsContract:
    def test_a_move_writes_how_the_case_stands_and_its_last_one_takes_it_away(self, records: Records) -> None:
        case = moved(records, application(number=1))
        for action in ("confirm", "forward"):
            case = moved(records, after(case, action))
            assert records.standings("penerbitan", ROLES).standings == [standing(case, a_sop())]
        assert records.standings("penerbitan", ["kadis", APPLICANT]).standings == []
        moved(records, after(case, "reject"))
        assert (records.standings("penerbitan", ROLES).standings, others(records)) == ([], {})

    def test_it_comes_back_as_it_was_from_every_state(self, records: Records) -> None:
        places = (("pemeriksaan", State.WAITING), ("pemeriksaan", State.SENT), ("kunjungan", State.BOOKED))
        cases = [application_in(*place, number=number) for number, place in enumerate(places)]
        cases += [application("confirm", "return", "resubmit", number=8), application("confirm", "return", number=9)]
        for case in cases:
            write(records, replace(case, events=case.events[:-1]))
            moved(records, case)
        found = {each.ticket: each for each in records.standings("penerbitan", ROLES).standings}
        assert found == {case.ticket: standing(case, a_sop()) for case in cases}

    def test_of_which_none_is_kept_is_told_and_read_and_can_be_kept(self, records: Records) -> None:
        old, case = write(records, application("confirm", number=1)), moved(records, application(number=2))
        assert others(records) == {"kadis": [old.ticket]}
        assert list(records.waiting_among("penerbitan", "kadis", [old.ticket, case.ticket], print)) == [old]
        records.keep_standings([standing(old, a_sop())])
        assert {each.ticket for each in records.standings("penerbitan", ROLES).standings} == {old.ticket, case.ticket}
        assert others(records) == {}

    def test_what_is_kept_later_never_takes_the_place_of_what_a_move_wrote(self, records: Records) -> None:
        first = moved(records, application(number=1))
        second = moved(records, after(first, "confirm"))
        closed = write(records, application("confirm", "reject", number=2))
        before = replace(closed, events=closed.events[:-1], step=closed.events[1].step, state=closed.events[1].state)
        records.keep_standings([standing(first, a_sop()), standing(before, a_sop())])
        assert records.standings("penerbitan", ROLES).standings == [standing(second, a_sop())]

    def test_those_of_one_service_are_not_those_of_another(self, records: Records) -> None:
        case = moved(records, application(number=1))
        assert records.standings("surel", ROLES).standings == []
        assert records.standings(case.service, ROLES).standings == [standing(case, a_sop())]
