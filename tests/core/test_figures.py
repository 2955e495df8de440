"""What the recap's pictures may show: nothing of fewer than three."""

from portal.core.figures import Figure, Holders, closed, holders, told
from portal.core.recap import Recap, Row


def recap(*rows: Row, **holders: int) -> Recap:
    return Recap(rows, (), {}, holders)


def test_one_or_two_are_not_told() -> None:
    assert [told(count) for count in range(5)] == [0, None, None, 3, 4]


def test_offices_with_few_holders_are_counted_together() -> None:
    found = holders(recap(BPKAD=2, Dinkes=7, BKPSDM=3, Satpol=1))
    assert found == Holders((Figure("Dinkes", 7), Figure("BKPSDM", 3)), 2, 3)


def test_a_single_office_with_few_holders_is_not_told() -> None:
    assert holders(recap(BPKAD=2)) == Holders((), 1, None)
    assert holders(recap()) == Holders((), 0, 0)


def test_offices_past_the_twelfth_are_counted_together() -> None:
    found = holders(recap(**{f"opd_{number:02}": 100 - number for number in range(15)}))
    assert [figure.of for figure in found.offices] == [f"opd_{number:02}" for number in range(12)]
    assert (found.others, found.together) == (3, 88 + 87 + 86)


def test_closed_cases_of_all_offices_are_counted_by_month_oldest_first() -> None:
    rows = (
        Row("2026-12", "BPKAD", {"done": 1, "withdrawn": 1}, 0, 1),
        Row("2026-11", "BKPSDM", {"done": 2, "revoked": 9}, 3, 2),
        Row("2026-11", "BPKAD", {"rejected": 1, "lapsed": 1}, 0, 0),
        Row("2026-10", "BPKAD", {"revoked": 4}, 0, 0),
    )
    assert closed(recap(*rows)) == (Figure("2026-11", 4), Figure("2026-12", None))


def test_the_last_twelve_months_are_shown() -> None:
    rows = (Row(f"20{year}-{month:02}", "BPKAD", {"done": 3}, 0, 3) for year in (25, 26) for month in range(1, 13))
    found = closed(recap(*rows))
    assert [figure.of for figure in found] == [f"2026-{month:02}" for month in range(1, 13)]


def test_offices_with_as_many_holders_stand_by_their_names() -> None:
    found = holders(recap(Satpol=4, BPKAD=4, Dinkes=4))
    assert [figure.of for figure in found.offices] == ["BPKAD", "Dinkes", "Satpol"]
