"""What the recap tells everybody: nothing of one or two, and nothing from which that follows."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.figures import MEASURES, Figure, Holders, discreet, done, holders, is_hidden, public, told
from portal.core.recap import Recap, Row


def recap(*rows: Row, **holders: int) -> Recap:
    return Recap(rows, (), {}, holders)


def test_one_or_two_are_not_told() -> None:
    assert [told(count) for count in range(5)] == [0, None, None, 3, 4]


# --- the parts of a sum ---


def test_what_is_not_told_cannot_be_found_from_the_sum() -> None:
    assert discreet({"a": 7, "b": 5, "c": 1, "d": 0}) == {"a": None, "b": 5, "c": None, "d": 0}
    assert discreet({"a": 7, "b": 2, "c": 1}) == {"a": 7, "b": None, "c": None}
    assert discreet({"a": 7, "b": 1, "c": 1}) == {"a": None, "b": None, "c": None}
    assert discreet({"a": 2}) == {"a": None}
    assert discreet({"a": 3, "b": 0}) == {"a": 3, "b": 0}
    assert discreet({}) == {}


def test_what_stays_untold_with_others_is_chosen_by_its_name_as_a_choice_by_number_would_tell() -> None:
    assert discreet({"a": 5, "b": 5, "c": 2}) == {"a": None, "b": 5, "c": None}
    assert discreet({"a": 9, "b": 5, "c": 2}) == {"a": None, "b": 5, "c": None}


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_to_whatever_is_told_of_a_list_several_lists_lead_that_differ_in_each_part_of_one_or_two(parts: int) -> None:
    """All lists of so many parts, gone through: who reads what is told reckons with every one that would tell it."""
    worlds = defaultdict[object, list[tuple[int, ...]]](list)
    for world in (world for world in product(range(11), repeat=parts) if sum(world) <= 10):
        counts = dict(zip("abcd", world, strict=False))
        each = discreet(counts) if is_hidden(counts) else {key: None if count else 0 for key, count in counts.items()}
        total = told(sum(world)) if is_hidden(counts) else None
        worlds[(*each.values(), total)].append(world)
    for alike in worlds.values():
        for place in range(parts):
            assert {world[place] for world in alike} not in ({1}, {2})


def test_three_offices_with_one_each_are_not_found_from_a_sum_of_three() -> None:
    said = public(recap(*(Row("2026-11", office, {"done": 5, "rejected": 1}, 0, 5) for office in "abc")))
    assert said.total["rejected"] is None
    assert [line.told["rejected"] for line in (*said.months, *said.offices)] == [None] * 4
    assert said.total["done"] == 15
    assert holders(recap(a=1, b=1, c=1)) == Holders((), 3, None)


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 9), max_size=8))
def test_whatever_the_parts_none_of_one_or_two_is_told_or_follows(counts: Mapping[str, int]) -> None:
    parts, total = discreet(counts), sum(counts.values())
    untold = [key for key, count in parts.items() if count is None]
    assert not [key for key, count in counts.items() if 0 < count < 3 and key not in untold]
    assert {key: count for key, count in counts.items() if key not in untold}.items() <= parts.items()
    rest = total - sum(count for count in parts.values() if count is not None)
    assert not untold or told(total) is None or (len(untold) >= 2 and rest >= 3)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 5)), max_size=9))
def test_the_page_of_a_month_tells_no_more_than_the_page_of_all(found: list[tuple[str, str, int]]) -> None:
    said = public(recap(*(Row(month, office, {"done": count}, 0, count) for month, office, count in found)))
    for measure in ("done", "holders"):
        parts = [said.of_month(line.of)[measure] for line in said.months]
        assert not {1, 2}.intersection(parts)
        rest = (said.total[measure] or 0) - sum(part or 0 for part in parts)
        assert None not in parts or said.total[measure] is None or rest >= 3


# --- the record ---


ROWS = (
    Row("2026-12", "BPKAD", {"done": 4, "withdrawn": 2, "lapsed": 1}, 1, 4, 3),
    Row("2026-11", "BKPSDM", {"done": 3, "rejected": 1, "revoked": 1}, 0, 3),
    Row("2026-11", "BPKAD", {"rejected": 2}, 2, 0),
    Row("2026-10", "Satpol", {"rejected": 1}, 0, 0),
)


def test_months_and_offices_are_told_beside_one_sum_and_never_crossed() -> None:
    said = public(recap(*ROWS))
    assert said.total == {
        "done": 7, "rejected": None, "dropped": 3, "returns": 3, "holders": 7, "expiring": 3, "revoked": None,
    }  # fmt: skip
    assert [(line.of, line.told["done"], line.told["rejected"], line.told["dropped"]) for line in said.months] == [
        ("2026-12", 4, 0, 3),
        ("2026-11", 3, None, 0),
        ("2026-10", 0, None, 0),
    ]
    assert [(line.of, line.told["done"], line.told["rejected"]) for line in said.offices] == [
        ("BKPSDM", 3, None),
        ("BPKAD", 4, None),
    ]
    assert said.unnamed == 1
    assert all(tuple(line.told) == MEASURES for line in said.months)


def test_a_month_tells_of_itself_what_the_record_tells_of_it() -> None:
    said = public(recap(*ROWS))
    assert said.of_month("2026-11") == dict(said.months)["2026-11"]
    assert said.of_month("") == said.total


def test_completed_applications_are_counted_by_month_oldest_first() -> None:
    assert done(public(recap(*ROWS))) == (Figure("2026-11", 3), Figure("2026-12", 4))


def test_the_last_twelve_months_are_shown() -> None:
    months = (f"20{year}-{month:02}" for year in (25, 26) for month in range(1, 13))
    found = done(public(recap(*(Row(month, "BPKAD", {"done": 3}, 0, 3) for month in sorted(months, reverse=True)))))
    assert [figure.of for figure in found] == [f"2026-{month:02}" for month in range(1, 13)]


# --- holders ---


def test_offices_with_few_holders_are_counted_together() -> None:
    found = holders(recap(BPKAD=2, Dinkes=7, BKPSDM=3, Satpol=1))
    assert found == Holders((Figure("Dinkes", 7), Figure("BKPSDM", 3)), 2, 3)


def test_an_office_with_few_holders_is_not_found_from_those_of_the_others() -> None:
    assert holders(recap(Dinkes=7, BKPSDM=4, BPKAD=1)) == Holders((Figure("Dinkes", 7),), 2, 5)


def test_a_single_office_with_few_holders_is_not_told() -> None:
    assert holders(recap(BPKAD=2)) == Holders((), 1, None)
    assert holders(recap()) == Holders((), 0, 0)


def test_offices_past_the_twelfth_are_counted_together() -> None:
    found = holders(recap(**{f"opd_{number:02}": 100 - number for number in range(15)}))
    assert [figure.of for figure in found.offices] == [f"opd_{number:02}" for number in range(12)]
    assert (found.others, found.together) == (3, 88 + 87 + 86)


def test_offices_with_as_many_holders_stand_by_their_names() -> None:
    found = holders(recap(Satpol=4, BPKAD=4, Dinkes=4))
    assert [figure.of for figure in found.offices] == ["BPKAD", "Dinkes", "Satpol"]
