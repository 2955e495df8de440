"""What every engine's records must do with claims, officials, editions, numbers, facts and the recap's sums."""

from datetime import date

import pytest

from portal.core.errors import Conflict, NotFound
from portal.core.officials import Deed
from portal.core.sop import APPLICANT
from portal.engines.ports import Compiled, Records
from tests.support.builders import AT, a_notice, a_sop, a_ticket, after, application, official, owed_by
from tests.support.commits import Open, at_once, change, tickets, write


class ClaimsContract:
    def test_a_claim_is_held_by_one_case_only_and_the_other_writes_nothing(self, records: Records) -> None:
        records.commit(change(application(number=1), claims=["visit/0800/1"]))
        other = application(number=2)
        with pytest.raises(Conflict) as caught:
            records.commit(change(other, claims=["visit/0830/1", "visit/0800/1"], notices=owed_by(other)))
        assert caught.value.code == "claim_taken"
        assert list(records.taken("visit/")) == ["visit/0800/1"]
        with pytest.raises(NotFound):
            records.load(other.ticket)
        assert list(records.unsent()) == []

    def test_a_claim_of_ones_own_may_be_claimed_again(self, records: Records) -> None:
        case = application()
        records.commit(change(case, claims=["visit/0800/1"]))
        records.commit(change(after(case, "confirm"), claims=["visit/0800/1"]))
        assert list(records.taken("visit/")) == ["visit/0800/1"]

    def test_a_claim_given_up_is_free_for_others(self, records: Records) -> None:
        case = application()
        records.commit(change(case, claims=["visit/0800/1"]))
        records.commit(change(after(case, "confirm"), claims=["visit/0900/1"], releases=["visit/0800/1"]))
        assert list(records.taken("visit/")) == ["visit/0900/1"]
        records.commit(change(application(number=2), claims=["visit/0800/1"]))
        assert sorted(records.taken("visit/")) == ["visit/0800/1", "visit/0900/1"]

    def test_only_the_holder_can_give_a_claim_up(self, records: Records) -> None:
        records.commit(change(application(number=1), claims=["visit/0800/1"]))
        records.commit(change(application(number=2), releases=["visit/0800/1", "visit/never"]))
        assert list(records.taken("visit/")) == ["visit/0800/1"]

    def test_claims_are_listed_by_the_plain_beginning_of_their_name(self, records: Records) -> None:
        names = ["visit/a_1", "visit/ab1", "visit/a%1", "visitor", "other"]
        records.commit(change(application(), claims=names))
        assert list(records.taken("visit/a_")) == ["visit/a_1"]
        assert list(records.taken("visit/a%")) == ["visit/a%1"]
        assert sorted(records.taken("visit/")) == ["visit/a%1", "visit/a_1", "visit/ab1"]
        assert list(records.taken("nothing/")) == []

    def test_of_many_claims_at_once_exactly_one_is_kept(self, records: Records, open_records: Open) -> None:
        handles = [open_records() for _ in range(6)]

        def book(number: int) -> None:
            handles[number].commit(change(application(number=number), claims=["visit/0800/1"]))

        outcomes = at_once(6, book)
        assert outcomes.count("claim_taken") == 5
        assert tickets(records.waiting_on("penerbitan", APPLICANT)) == [a_ticket(outcomes.index(None))]


class RegistersContract:
    def test_officials_come_back_in_order_of_appointment(self, records: Records) -> None:
        appointed = [
            official("kadis"),
            official("kabid", since=None, number="198001012005011001"),
            official("kadis", capacity="Plt.", decree="800/12", since=date(2026, 8, 1), until=date(2026, 8, 9)),
            official("verifikator", away=((date(2026, 8, 3), date(2026, 8, 5)), (date(2026, 9, 1), date(2026, 9, 1)))),
            official("verifikator", email="wati@x.id", each=0),
            official("verifikator", email="sari@x.id", each=2),
            official("verifikator", email="joko@x.id", capacity="Plh.", replaces="verifikator@x.id"),
        ]
        for person in appointed:
            records.appoint(person)
        assert list(records.officials()) == appointed

    def test_an_appointment_and_what_it_owes_are_kept_together(self, records: Records) -> None:
        owed = [a_notice("meja", letter="duty", occasion=f"duty-{number}") for number in range(120)]
        records.appoint(official("kadis"), owed)
        records.appoint(official("kadis"), owed[:1])
        assert {each.occasion for each in records.unsent()} == {each.occasion for each in owed}
        assert list(records.officials()) == [official("kadis")]

    def test_what_was_done_about_an_appointment_is_kept_with_it(self, records: Records) -> None:
        deeds = (Deed("appoint", AT), Deed("end", AT, "Sari Contoh", "sari@tarakankota.go.id"))
        records.appoint(official("kadis", deeds=deeds))
        assert records.officials()[0].deeds == deeds

    def test_an_appointment_of_the_same_role_address_and_day_is_replaced(self, records: Records) -> None:
        records.appoint(official("kadis"))
        records.appoint(official("kabid"))
        ended = official("kadis", email="Kadis@TarakanKota.go.id", until=date(2026, 7, 31))
        records.appoint(ended)
        assert list(records.officials()) == [ended, official("kabid")]

    def test_an_edition_of_the_sop_is_kept_once(self, records: Records) -> None:
        sop = a_sop()
        records.keep_sop(sop.version, sop.snapshot())
        records.keep_sop(sop.version, "{}")
        assert records.sop(sop.version) == sop.snapshot()
        with pytest.raises(NotFound) as caught:
            records.sop("another")
        assert caught.value.code == "sop_unknown"

    def test_numbers_run_per_series(self, records: Records) -> None:
        assert [records.next_number("penerbitan", "agenda-2026") for _ in range(3)] == [1, 2, 3]
        assert records.next_number("penerbitan", "agenda-2027") == 1
        assert records.next_number("penerbitan", "agenda-2026") == 4

    def test_no_number_is_given_twice(self, records: Records, open_records: Open) -> None:
        handles = [open_records() for _ in range(5)]
        given = at_once(5, lambda number: [handles[number].next_number("penerbitan", "agenda") for _ in range(8)])
        numbers = [number for row in given for number in row]
        assert len(set(numbers)) == len(numbers) == 40

    def test_facts_of_closed_cases_are_kept(self, records: Records) -> None:
        facts = []
        for number in (1, 2):
            case = application("withdraw", number=number)
            write(records, application(number=number))
            fact = {"ticket": case.ticket, "outcome": "withdrawn", "minutes": {"ajukan": 12}, "office": "Dinas – A"}
            records.commit(change(case, fact=fact))
            facts.append(fact)
        assert sorted(records.facts("penerbitan"), key=str) == sorted(facts, key=str)

    def test_facts_are_found_by_the_year_month_or_day_of_closing(self, records: Records) -> None:
        days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-10-01"]
        for number, day in enumerate(days, 1):
            case = application("withdraw", number=number)
            write(records, application(number=number))
            records.commit(change(case, fact={"ticket": case.ticket, "closed": day}))
        found = {
            asked: [fact["closed"] for fact in records.facts("penerbitan", asked)]
            for asked in ("2026", "2026-01", *days, "2027")
        }
        assert found == {"2026": days[1:], "2026-01": days[1:3], **{day: [day] for day in days}, "2027": []}

    def test_facts_are_found_later_than_a_day_and_come_by_day_of_closing(self, records: Records) -> None:
        days = ["2026-10-01", "2026-01-31", "2026-01-01", "2025-12-31", "2026-01-31"]
        for number, day in enumerate(days, 1):
            case = application("withdraw", number=number)
            write(records, application(number=number))
            records.commit(change(case, fact={"ticket": case.ticket, "closed": day}))
        asked = ("2025-12-31", "2026-01-30", "2026-01-31", "2026-10-01", "")
        found = [[fact["closed"] for fact in records.facts_after("penerbitan", day)] for day in asked]
        in_order = sorted(days)
        assert found == [in_order[1:], in_order[2:], in_order[4:], [], in_order]
        assert [fact["closed"] for fact in records.facts("penerbitan")] == in_order


class TalliesContract:
    def test_a_tally_comes_back_as_it_was_kept(self, records: Records, open_records: Open) -> None:
        summed = {"months": {"2026-08": {"": {"returns": 0}, "Dinas – A": {"ends": {"": 2}}}}, "steps": {"a": {"0": 2}}}
        kept = Compiled("2026-08", "2026-08-31", 2)
        records.keep_tally("penerbitan", kept, summed)
        assert list(open_records().tallies("penerbitan")) == [(kept, summed)]
        assert list(open_records().compiled("penerbitan")) == [kept]

    def test_a_month_has_one_tally_the_newest(self, records: Records) -> None:
        records.keep_tally("penerbitan", Compiled("2026-08", "2026-08-14", 1), {"steps": {"a": {"5": 1}}})
        records.keep_tally("penerbitan", Compiled("2026-08", "2026-08-15", 2), {"steps": {"a": {"5": 2}}})
        assert list(records.tallies("penerbitan")) == [
            (Compiled("2026-08", "2026-08-15", 2), {"steps": {"a": {"5": 2}}})
        ]
        assert list(records.compiled("penerbitan")) == [Compiled("2026-08", "2026-08-15", 2)]

    def test_tallies_come_oldest_month_first_or_those_after_a_month(self, records: Records) -> None:
        months = ["2026-12", "2026-02", "2025-12", "2027-01"]
        for cases, month in enumerate(months):
            records.keep_tally("penerbitan", Compiled(month, f"{month}-28", cases), {"months": {month: {}}})
        assert [each.month for each in records.compiled("penerbitan")] == sorted(months)
        assert [each.month for each, _ in records.tallies("penerbitan")] == sorted(months)
        assert list(records.tallies("penerbitan", "2026-11")) == [
            (Compiled("2026-12", "2026-12-28", 0), {"months": {"2026-12": {}}}),
            (Compiled("2027-01", "2027-01-28", 3), {"months": {"2027-01": {}}}),
        ]
        assert list(records.tallies("penerbitan", "2027-01")) == []
