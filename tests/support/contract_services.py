"""What every engine's records must do when one store serves several services: keep what is one's from the other."""

from dataclasses import replace

import pytest

from portal.core.application import Application
from portal.core.errors import Unavailable
from portal.core.sop import APPLICANT
from portal.engines.ports import Compiled, Records
from tests.support.builders import application, official
from tests.support.commits import Open, change, tickets, write

BOTH = ("penerbitan", "surel")


def of_the_other(case: Application) -> Application:
    """The same case, of the other service."""
    return replace(case, service="surel")


class ServicesContract:
    @pytest.fixture
    def both(self, open_records: Open) -> Records:
        return open_records(services=BOTH)

    def test_cases_wait_on_the_role_of_their_own_service(self, both: Records) -> None:
        write(both, application("confirm", number=1))
        write(both, of_the_other(application("confirm", number=2)))
        write(both, of_the_other(application(number=3)))
        ours, others = (tickets(both.waiting_on(service, "kadis")) for service in BOTH)
        assert (len(ours), len(others)) == (1, 1)
        assert ours != others
        assert [both.count_waiting(service, "kadis") for service in BOTH] == [1, 1]
        assert [both.count_waiting(service, APPLICANT) for service in BOTH] == [0, 1]

    def test_appointments_are_of_a_service(self, both: Records) -> None:
        ours, others = official("kadis"), replace(official("kadis"), service="surel")
        for person in (ours, others):
            both.appoint(person)
        assert list(both.officials()) == [ours, others]
        both.appoint(replace(others, capacity="Plt."))
        assert list(both.officials()) == [ours, replace(others, capacity="Plt.")]

    @pytest.mark.parametrize("founder", ["penerbitan", "surel", "surel_lama", "a"])
    def test_who_is_appointed_is_read_of_one_service_and_no_other(self, founder: str, open_records: Open) -> None:
        names = ("penerbitan", "surel", "surel_lama", "a")  # one begins as another does
        office = open_records(services=(founder, *(name for name in names if name != founder)))
        for role in ("zz", "kadis", "aa"):
            for name in names:
                office.appoint(replace(official(role), service=name))
        for name in names:
            held = [(each.service, each.role) for each in office.officials(name)]
            assert held == [(name, role) for role in ("zz", "kadis", "aa")]
        office.appoint(replace(official("kadis"), service="surel", capacity="Plt."))
        assert [each.capacity for each in office.officials("surel")] == ["", "Plt.", ""]
        assert (len(office.officials()), list(office.officials("tiada"))) == (12, [])

    def test_numbers_run_per_service(self, both: Records) -> None:
        assert [both.next_number("penerbitan", "agenda-2026") for _ in range(2)] == [1, 2]
        assert [both.next_number("surel", "agenda-2026") for _ in range(2)] == [1, 2]
        assert both.next_number("penerbitan", "agenda-2026") == 3

    def test_facts_and_sums_are_a_service_s_own(self, both: Records) -> None:
        for number, service in enumerate(("penerbitan", "surel", "surel"), 1):
            open_case = replace(application(number=number), service=service)
            write(both, open_case)
            closed = replace(application("withdraw", number=number), service=service)
            both.commit(change(closed, fact={"closed": f"2026-08-0{number}", "service": service}))
        assert [fact["closed"] for fact in both.facts("penerbitan")] == ["2026-08-01"]
        assert [fact["closed"] for fact in both.facts("surel", "2026-08")] == ["2026-08-02", "2026-08-03"]
        assert [fact["closed"] for fact in both.facts_after("surel", "2026-08-02")] == ["2026-08-03"]
        for cases, service in enumerate(BOTH, 1):
            both.keep_tally(service, Compiled("2026-08", "2026-08-31", cases), {"steps": {"a": {"1": cases}}})
        assert [each.cases for service in BOTH for each in both.compiled(service)] == [1, 2]
        assert [summed["steps"]["a"]["1"] for service in BOTH for _, summed in both.tallies(service)] == [1, 2]
        assert [each.cases for each, _ in both.tallies("surel", "2026-07")] == [2]

    def test_a_store_that_gains_a_service_goes_on_with_what_it_has(self, open_records: Open) -> None:
        before = open_records()
        write(before, application("confirm"))
        before.appoint(official("kadis"))
        before.next_number("penerbitan", "agenda-2026")
        closed = application("withdraw", number=2)
        write(before, application(number=2))
        before.commit(change(closed, fact={"closed": "2026-08-01", "service": "penerbitan"}))
        for services in (BOTH, BOTH[::-1]):  # in whichever order the office lists them
            after = open_records(services=services)
            assert len(tickets(after.waiting_on("penerbitan", "kadis"))) == 1
            assert list(after.waiting_on("surel", "kadis")) == []
            assert list(after.officials()) == [official("kadis")]
            assert [fact["closed"] for fact in after.facts("penerbitan")] == ["2026-08-01"]
            assert list(after.facts("surel")) == []
        assert after.next_number("penerbitan", "agenda-2026") == 2

    def test_the_store_of_a_portal_with_other_services_is_refused(self, open_records: Open) -> None:
        before = open_records(services=("surel",))
        before.appoint(replace(official("kadis"), service="surel"))
        write(before, of_the_other(application("confirm")))
        with pytest.raises(Unavailable) as caught:
            open_records(services=("penerbitan",)).appoint(official("kadis"))
        assert caught.value.code == "store_foreign"
        with pytest.raises(Unavailable):
            open_records(services=("penerbitan",)).keep_sop("9f86d0", "{}")
        assert caught.value.facts == {"founder": "surel", "services": "penerbitan"}
        assert len(tickets(before.waiting_on("surel", "kadis"))) == 1
