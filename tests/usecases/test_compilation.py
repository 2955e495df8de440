"""The recap's sums, however days, nights, outages and late writes come together: always those of all facts."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.errors import Unavailable
from portal.core.recap import Tally, merge, month_of, tally
from portal.core.register import correction
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Compiled
from portal.usecases.compilation import Compilation, Sums, read_sums
from tests.support.facts import kept
from tests.support.stage import Stage
from tests.support.ways import WAYS

Fact = dict[str, Any]


class Book:
    """What a store knows of the recap, and what of it was asked for."""

    def __init__(self) -> None:
        self.all: list[Fact] = []
        self.kept: dict[str, tuple[Compiled, Tally]] = {}
        self.asked: list[tuple[str, str]] = []
        self.read = 0

    def facts(self, service: str, closed: str = "") -> Iterator[Fact]:
        self.asked.append(("facts", closed))
        return self._found(lambda day: day.startswith(closed))

    def facts_after(self, service: str, day: str) -> Iterator[Fact]:
        self.asked.append(("facts_after", day))
        return self._found(lambda closed: closed > day)

    def keep_tally(self, service: str, compiled: Compiled, summed: Tally) -> None:
        self.asked.append(("keep_tally", compiled.month))
        self.kept[compiled.month] = (compiled, summed)

    def compiled(self, service: str) -> list[Compiled]:
        return [compiled for _, (compiled, _) in sorted(self.kept.items())]

    def tallies(self, service: str, month: str = "") -> Iterator[tuple[Compiled, Tally]]:
        self.asked.append(("tallies", month))
        return (pair for key, pair in sorted(self.kept.items()) if month in ("", key))

    def _found(self, is_wanted: Any) -> Iterator[Fact]:
        for fact in sorted(self.all, key=lambda fact: str(fact["closed"])):
            if is_wanted(fact["closed"]):
                self.read += 1
                yield fact


class Town:
    """A portal as far as the recap is concerned: its day, its store, its nightly addition."""

    def __init__(self, day: date = date(2026, 11, 23)) -> None:
        self.day, self.book = day, Book()
        office: Any = SimpleNamespace(
            records=self.book, services=[SimpleNamespace(service="penerbitan")], today=lambda: self.day
        )
        self.office, self.compilation = office, Compilation(office)

    def close(self, office: str = "BKPSDM", outcome: str = "done", *, days_ago: int = 0) -> None:
        """A case closed then, whose fact is written now."""
        self.book.all.append(kept(str(self.day - timedelta(days=days_ago)), office, outcome))

    def night(self) -> int:
        """The day after, shortly after midnight."""
        self.day += timedelta(days=1)
        return self.compilation.compile_recap()

    def nights(self, count: int) -> int:
        return sum(self.night() for _ in range(count))

    def sums(self, asked: str = "") -> Sums:
        return read_sums(self.office, "penerbitan", asked)

    def is_exact(self) -> bool:
        """Do the sums say of all months, and of each, what the facts say?"""
        months = sorted({month_of(fact) for fact in self.book.all}, reverse=True)
        exact = self.sums().months == months and merge(self.sums().tallies) == tally(self.book.all)
        for month in months:
            sums = self.sums(month)
            facts = [fact for fact in self.book.all if month_of(fact) == month]
            exact = exact and (sums.month, merge(sums.tallies)) == (month, tally(facts))
        return exact


@pytest.fixture
def town() -> Town:
    return Town()


def through(town: Town) -> list[str]:
    return [each.through for each in town.book.compiled("penerbitan")]


# --- always up to the minute -----------------------------------------------------------------------------------------

STEPS = st.one_of(
    st.tuples(st.just("close"), st.integers(0, 1)),  # a fact of yesterday may come after midnight, after the addition
    st.tuples(st.just("nights"), st.integers(1, 4)),
    st.tuples(st.just("outage"), st.sampled_from([1, 2, 3, 29, 31, 70])),
    st.tuples(st.just("restart"), st.just(0)),
    st.tuples(st.just("back"), st.sampled_from([1, 3, 40])),
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=14), day=st.dates(date(2026, 12, 27), date(2027, 1, 4)))
def test_the_sums_are_those_of_all_facts_whatever_happens(steps: list[tuple[str, int]], day: date) -> None:
    town = Town(day)
    for what, count in steps:
        match what:
            case "close":
                town.close(office=f"Dinas {len(town.book.all)}", days_ago=count)
            case "nights":
                town.nights(count)
            case "outage":
                town.day += timedelta(days=count)
            case "restart":
                town.compilation = Compilation(town.office)
            case "back":  # the rehearsal's clock is put back, and the background looks a moment later
                town.day -= timedelta(days=count)
                town.compilation.compile_recap()
        assert town.is_exact(), (what, count)


def test_a_fact_of_the_last_day_that_comes_after_midnight_is_in_its_month(town: Town) -> None:
    """A case closed on the 30th and written on the 1st, when the addition of that night is over."""
    town.day = date(2026, 11, 30)
    town.night()
    town.close("Dinas Sosial", days_ago=1)
    assert town.is_exact()
    assert [month_of(fact) for fact in town.book.all] == ["2026-11"]
    town.night()
    assert dict(town.book.kept)["2026-11"][0] == Compiled("2026-11", "2026-11-30", 1)
    assert town.is_exact()


def test_an_addition_that_ends_while_the_page_is_being_read_counts_nothing_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.close()
    town.nights(2)
    town.day += timedelta(days=20)
    found = town.book.facts_after

    def meanwhile(service: str, day: str) -> Iterator[Fact]:
        facts = list(found(service, day))
        Compilation(town.office).compile_recap()
        return iter(facts)

    monkeypatch.setattr(town.book, "facts_after", meanwhile)
    assert merge(town.sums().tallies) == tally(town.book.all)
    assert through(town) == ["2026-11-30", "2026-12-13"]


def test_a_clock_that_was_wrong_and_is_put_right_leaves_nothing_out() -> None:
    town = Town(date(2030, 1, 5))
    town.nights(3)
    town.day = date(2026, 11, 23)
    town.close()
    assert town.is_exact()
    for _ in range(4):
        town.nights(20)
        town.close()
        assert town.is_exact()
    assert through(town)[:4] == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-09"]


# --- the addition ----------------------------------------------------------------------------------------------------


def test_a_month_is_added_up_until_its_last_day_has_settled_and_never_again(town: Town) -> None:
    town.close()
    town.nights(8)
    assert through(town) == ["2026-11-29"]
    town.night()
    assert through(town) == ["2026-11-30"]
    town.book.asked.clear()
    town.nights(40)
    assert {month for what, month in town.book.asked if what == "keep_tally"} == {"2026-12", "2027-01"}
    assert through(town) == ["2026-11-30", "2026-12-31", "2027-01-09"]


def test_a_portal_with_a_past_gets_all_its_months_at_the_first_run(town: Town) -> None:
    for days_ago in (400, 250, 249, 30, 0):
        town.close(days_ago=days_ago)
    assert town.night() == 14
    assert through(town)[:2] == ["2025-10-31", "2025-11-30"]
    assert through(town)[-1] == "2026-11-22"
    assert [each.cases for each in town.book.compiled("penerbitan") if each.cases] == [1, 2, 1]
    assert town.is_exact()


def test_after_an_outage_of_any_length_nothing_is_left_out(town: Town) -> None:
    town.close()
    town.nights(3)
    for _ in range(5):
        town.day += timedelta(days=20)
        town.close()
    assert town.is_exact()
    assert town.night() == 5  # from November on, which was not at its end
    assert through(town) == ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-05"]
    assert town.is_exact()


def test_a_run_that_is_cut_short_is_gone_on_with(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for days_ago in (100, 60, 0):
        town.close(days_ago=days_ago)
    keep = town.book.keep_tally

    def fail(service: str, compiled: Compiled, summed: Tally) -> None:
        if compiled.month == "2026-10":
            raise Unavailable("store_unavailable")
        keep(service, compiled, summed)

    with monkeypatch.context() as patched:
        patched.setattr(town.book, "keep_tally", fail)
        with pytest.raises(Unavailable):
            town.night()
        assert through(town) == ["2026-08-31", "2026-09-30"]
        assert town.is_exact()
    assert town.compilation.compile_recap() == 2
    assert town.is_exact()


def test_a_day_is_added_up_once_and_looking_again_asks_nothing(town: Town) -> None:
    town.close()
    assert town.night() == 1
    town.book.asked.clear()
    assert town.compilation.compile_recap() == 0
    assert town.book.asked == []
    assert Compilation(town.office).compile_recap() == 0, "a restart looks, and finds nothing to do"


# --- what is read ----------------------------------------------------------------------------------------------------


def settled_town(months: int) -> Town:
    town = Town(date(2025, 1, 1))
    for _ in range(months):
        town.close()
        town.nights(30)
    town.book.asked.clear()
    town.book.read = 0
    return town


@pytest.mark.parametrize("months", [3, 20])
def test_what_is_read_of_facts_does_not_grow_with_what_is_stored(months: int) -> None:
    town = settled_town(months)
    town.close()
    town.close(days_ago=1)
    town.sums()
    since = str(town.day - timedelta(days=2))
    assert town.book.asked == [("facts_after", since), ("tallies", "")]
    assert town.book.read == 2


def test_of_a_month_no_fact_is_read_that_a_tally_has() -> None:
    town = settled_town(8)
    sums = town.sums("2025-03")
    assert (sums.month, merge(sums.tallies)) == ("2025-03", tally(town.book.facts("penerbitan", "2025-03")))
    assert [month for what, month in town.book.asked if what == "tallies"] == [""]
    assert town.book.read == 1


def test_what_the_register_corrects_of_a_month_counts_there_at_once_and_after_the_addition(town: Town) -> None:
    town.close()
    town.nights(40)
    count = {"month": "2026-11", "office": "BKPSDM", "until": "2028-11-30", "holders": -1, "outcome": "revoked"}
    town.book.all.append(correction("T/2", [count], service="penerbitan", today=town.day))

    def of_november() -> list[Any]:
        return [merge(town.sums(month).tallies)["months"]["2026-11"] for month in ("", "2026-11")]

    expected = {"BKPSDM": {"outcomes": {"done": 1, "revoked": 1}, "returns": 0, "ends": {"2028-11-30": 0}}}
    assert of_november() == [expected, expected]
    town.nights(40)
    assert of_november() == [expected, expected]


def test_a_month_without_a_case_is_none_to_choose(town: Town) -> None:
    town.close()
    town.nights(80)
    town.close()
    assert town.sums().months == ["2027-02", "2026-11"]
    assert town.sums("2026-12").month == ""
    assert merge(town.sums("2026-12").tallies) == tally(town.book.all)


# --- on the engine of one machine ------------------------------------------------------------------------------------


def test_page_and_spreadsheet_say_the_same_before_and_after_the_addition(stage: Stage) -> None:
    stage.case(*WAYS["done"])
    stage.case(*WAYS["rejected"], opd="BKPSDM")
    stage.clock.forward(days=45)
    stage.case(*WAYS["withdrawn"])

    def said() -> list[bytes]:
        paths = [f"/{page}{query}" for page in ("rekap", "rekap.csv") for query in ("", "?bulan=2026-11")]
        return [stage.browser().get(path).get_data() for path in paths]

    before = said()
    assert stage.clockwork.compilation.compile_recap() == 3
    assert said() == before
    assert [(each.month, each.cases) for each in stage.records.compiled("penerbitan")] == [
        ("2026-11", 2),
        ("2026-12", 0),
        ("2027-01", 0),
    ]


def test_the_page_never_goes_through_all_facts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.case(*WAYS["done"])
    stage.clock.forward(days=45)
    stage.clockwork.compilation.compile_recap()
    monkeypatch.delattr(SqliteRecords, "facts")
    read: list[str] = []
    after = stage.records.facts_after

    def reading(service: str, day: str) -> Any:
        read.append(day)
        return after(service, day)

    monkeypatch.setattr(stage.records, "facts_after", reading)
    for path in ("/rekap", "/rekap?bulan=2026-11", "/rekap.csv", "/rekap.csv?bulan=2026-11"):
        assert stage.browser().get(path).status_code == 200
    assert set(read) == {f"{stage.clock.at.astimezone(stage.office.calendar.zone) - timedelta(days=2):%Y-%m-%d}"}
