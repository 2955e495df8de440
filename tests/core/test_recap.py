"""The SOP's own record as plain values: what is kept of a closed case, and what it adds up to."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.application import Application
from portal.core.recap import (
    Recap,
    Row,
    StepTime,
    fact,
    merge,
    minutes_per_step,
    month_of,
    summarise,
    tally,
    usual_waits,
)
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from tests.support.facts import kept
from tests.support.moments import MARK, along, at, cases, move, moved
from tests.support.ways import TO_VERIFIKATOR, TO_VISIT, WAYS

TODAY = date(2026, 12, 1)

FACTS = [
    kept("2026-10-02", "Dinas Sosial"),
    kept("2026-11-03", "Dinas Sosial", returns=2, minutes={"telaah_kadis": 25, "pemeriksaan": 7}),
    kept("2026-11-30", "BKPSDM"),
    kept("2026-11-04", "Dinas Sosial", "rejected", returns=1, minutes={"telaah_kadis": 500}),
    kept("2026-11-05", "Dinas Sosial", "withdrawn"),
    kept("2026-11-06", "BKPSDM", "lapsed"),
]


def test_known_facts_make_the_exact_table(sop: Sop) -> None:
    recap = summarise([tally(FACTS)], sop, TODAY)
    assert recap.rows == (
        Row("2026-11", "BKPSDM", {"done": 1, "lapsed": 1}, returns=0, holders=1),
        Row("2026-11", "Dinas Sosial", {"done": 1, "rejected": 1, "withdrawn": 1}, returns=3, holders=1),
        Row("2026-10", "Dinas Sosial", {"done": 1}, returns=0, holders=1),
    )
    assert recap.outcomes == {"done": 3, "rejected": 1, "withdrawn": 1, "lapsed": 1}
    assert recap.holders == {"Dinas Sosial": 2, "BKPSDM": 1}
    assert recap.total_holders == 3


def test_the_time_of_a_step_is_that_of_cases_that_came_to_an_end(sop: Sop) -> None:
    """10, 25 and 10 minutes at the Kadis; the 500 of a rejected case are no handling of the SOP's kind."""
    steps = {time.step: time for time in summarise([tally(FACTS)], sop, TODAY).steps}
    assert steps["telaah_kadis"] == StepTime("telaah_kadis", standard=15, cases=3, average=15, median=10)
    assert steps["pemeriksaan"] == StepTime("pemeriksaan", standard=10, cases=3, average=10, median=12)
    assert steps["penyerahan"] == StepTime("penyerahan", standard=10, cases=0, average=0, median=0)
    assert list(steps) == [step.key for step in sop.steps]


@pytest.mark.parametrize(("minutes", "shown"), [((14, 15), 15), ((15, 16), 16), ((16, 17), 17), ((15, 15), 15)])
def test_half_a_minute_counts_as_one(sop: Sop, minutes: tuple[int, int], shown: int) -> None:
    facts = [kept("2026-11-03", "BKPSDM", minutes={"telaah_kadis": spent}) for spent in minutes]
    time = summarise([tally(facts)], sop, TODAY).steps[1]
    assert (time.average, time.median) == (shown, shown)


def test_without_closed_cases_the_recap_is_empty(sop: Sop) -> None:
    recap = summarise([], sop, TODAY)
    assert (recap.rows, recap.outcomes, recap.total_holders) == ((), {}, 0)
    assert {time.cases for time in recap.steps} == {0}


def test_a_holder_leaves_the_day_after_the_certificate_ends(sop: Sop) -> None:
    facts = [kept("2026-11-03", "BKPSDM", valid_until="2028-11-30"), kept("2026-11-04", "BKPSDM", valid_until="")]
    holders = [summarise([tally(facts)], sop, day).total_holders for day in (date(2028, 11, 30), date(2028, 12, 1))]
    assert holders == [2, 1]
    assert summarise([tally(facts)], sop, date(2028, 12, 1)).rows[0].holders == 1


# --- sums of sums ---


def test_a_tally_says_what_its_facts_add_up_to() -> None:
    assert tally(FACTS[:3] + FACTS[4:5]) == {
        "months": {
            "2026-10": {"Dinas Sosial": {"outcomes": {"done": 1}, "returns": 0, "ends": {"2028-11-30": 1}}},
            "2026-11": {
                "Dinas Sosial": {"outcomes": {"done": 1, "withdrawn": 1}, "returns": 2, "ends": {"2028-11-30": 1}},
                "BKPSDM": {"outcomes": {"done": 1}, "returns": 0, "ends": {"2028-11-30": 1}},
            },
        },
        "steps": {"pengajuan": {"0": 2}, "telaah_kadis": {"10": 2, "25": 1}, "pemeriksaan": {"12": 2, "7": 1}},
    }


@st.composite
def closed_cases(draw: st.DrawFn) -> dict[str, Any]:
    outcome = draw(st.sampled_from(["done", "done", "done", "rejected", "withdrawn", "lapsed"]))
    day = st.dates(date(2026, 10, 1), date(2027, 1, 31)).map(str)
    step = st.sampled_from(["pengajuan", "telaah_kadis", "pemeriksaan", "a_step_of_an_earlier_edition"])
    until = draw(st.one_of(st.just(""), st.dates(date(2026, 11, 28), date(2026, 12, 4)).map(str)))
    return kept(
        draw(day),
        draw(st.sampled_from(["", "BKPSDM", "Dinas Sosial", "Dinas – 1"])),
        outcome,
        returns=draw(st.integers(0, 3)),
        minutes=draw(st.dictionaries(step, st.integers(0, 40))),
        valid_until=until if outcome == "done" else "",
    )


def reckoned(facts: list[dict[str, Any]], sop: Sop, today: date) -> Recap:
    """The recap straight from the facts, as anybody would reckon it."""

    def holds(entry: dict[str, Any]) -> bool:
        return entry["outcome"] == "done" and (not entry["valid_until"] or entry["valid_until"] >= str(today))

    def ends_soon(entry: dict[str, Any]) -> bool:
        return holds(entry) and "" < entry["valid_until"] <= str(today + timedelta(days=60))

    def rows() -> Iterator[Row]:
        groups = defaultdict(list)
        for entry in facts:
            groups[entry["closed"][:7], entry["office"]].append(entry)
        for (month, office), group in sorted(groups.items(), key=lambda item: item[0][1]):
            outcomes = Counter(entry["outcome"] for entry in group)
            returns = sum(entry["returns"] for entry in group)
            yield Row(month, office, outcomes, returns, sum(map(holds, group)), sum(map(ends_soon, group)))

    def times() -> Iterator[StepTime]:
        for step in sop.steps:
            found = [e["minutes"][step.key] for e in facts if e["outcome"] == "done" and step.key in e["minutes"]]
            said = [int(value + 0.5) for value in (mean(found), median(found))] if found else [0, 0]
            yield StepTime(step.key, step.minutes, len(found), *said)

    return Recap(
        rows=tuple(sorted(rows(), key=lambda row: row.month, reverse=True)),
        steps=tuple(times()),
        outcomes=Counter(entry["outcome"] for entry in facts),
        holders=Counter(entry["office"] for entry in facts if holds(entry)),
    )


@settings(max_examples=60, deadline=None)
@given(
    facts=st.lists(closed_cases(), max_size=12), today=st.dates(date(2026, 11, 27), date(2026, 12, 5)), data=st.data()
)
def test_the_tallies_of_any_months_say_what_their_facts_say(
    sop: Sop, facts: list[dict[str, Any]], today: date, data: st.DataObject
) -> None:
    months = sorted({month_of(entry) for entry in facts})
    chosen = [month for month in months if data.draw(st.booleans())]
    tallies = [tally([entry for entry in facts if month_of(entry) == month]) for month in chosen]
    stored = [json.loads(json.dumps(each)) for each in tallies]
    of_chosen = [entry for entry in facts if month_of(entry) in chosen]

    assert summarise(stored, sop, today) == reckoned(of_chosen, sop, today)
    assert merge(tallies) == tally(of_chosen)


@settings(max_examples=30, deadline=None)
@given(parts=st.lists(st.lists(closed_cases(), max_size=4), max_size=4))
def test_it_does_not_matter_which_tallies_are_merged_first(parts: list[list[dict[str, Any]]]) -> None:
    tallies = [tally(part) for part in parts]
    before = json.dumps(tallies)
    whole = merge(tallies)
    assert merge(reversed(tallies)) == merge([merge(tallies[:2]), merge(tallies[2:])]) == whole
    assert json.dumps(tallies) == before, "what is merged stays as it was"


def test_nobody_and_no_case_is_in_a_tally(sop: Sop, calendar: Calendar) -> None:
    text = json.dumps(tally([fact(finished(sop), sop, calendar)]))
    assert "TTE-26" not in text
    assert MARK not in text


# --- what is kept of a case ---


def finished(sop: Sop) -> Application:
    """With one return, one refusal by BSrE and one no-show; every stretch of time is another length."""
    return moved(
        sop,
        ("submit", at("11-20 09.00")),
        ("confirm", at("11-23 08.00")),
        ("return", at("11-23 08.06")),  # Kadis: 6
        ("resubmit", at("11-24 10.00")),
        ("forward", at("11-24 10.04")),  # Kadis: 4 more
        ("forward", at("11-24 13.07")),  # Kabid: 1 h 56 before lunch, 7 after
        ("forward", at("11-25 07.33")),  # Statistisi: 173 the day before, 3 now
        ("dispatch", at("11-25 07.41")),  # Verifikator: 8
        ("refuse", at("11-30 09.00")),
        ("dispatch", at("11-30 09.05")),  # 5 more
        ("accept", at("12-02 08.00")),
        ("invite", at("12-02 08.11")),  # Invitation: 11
        ("book", at("12-02 15.00")),
        ("miss", at("12-03 16.00")),
        ("book", at("12-04 08.00")),
        ("attend", at("12-07 09.00")),
        ("record", at("12-07 09.02")),  # Handover: 2
        ("hand_over", at("12-07 09.11")),  # 9 more
    )


def test_the_minutes_are_the_offices_own(sop: Sop, calendar: Calendar) -> None:
    assert minutes_per_step(finished(sop), calendar, at("12-31 08.00")) == {
        "pengajuan": 0,
        "telaah_kadis": 10,
        "telaah_kabid": 116 + 7,
        "pendataan": 173 + 3,
        "pemeriksaan": 13,
        "passphrase": 11,
        "penyerahan": 11,
    }


def test_a_case_still_open_counts_until_now(sop: Sop, calendar: Calendar) -> None:
    case = moved(sop, ("submit", at("11-23 08.00")), ("confirm", at("11-23 08.01")))
    assert minutes_per_step(case, calendar, at("11-23 08.31"))["telaah_kadis"] == 30


def test_what_is_kept_of_a_finished_case(sop: Sop, calendar: Calendar) -> None:
    found = fact(finished(sop), sop, calendar)
    minutes = found.pop("minutes")
    # Refused once by the outside authority, and missed once by the applicant; what was mended is not counted.
    assert found.pop("waits") == {"pemeriksaan": 3 + 2, "passphrase": 1 + 1 + 1}
    assert found == {
        "ticket": "TTE-26-4F7K-9QXM",
        "service": "penerbitan",
        "office": "Dinas Kesehatan",
        "received": "2026-11-20",
        "closed": "2026-12-07",
        "outcome": "done",
        "rounds": 2,
        "returns": 1,
        "valid_until": "2028-11-25",
    }
    assert minutes["pemeriksaan"] == 13


def test_what_is_usual_is_the_middle_of_enough_cases(sop: Sop, calendar: Calendar) -> None:
    def waited(days: int, **changes: Any) -> dict[str, Any]:
        return {**fact(finished(sop), sop, calendar), "waits": {"pemeriksaan": days}, **changes}

    assert usual_waits([tally([waited(1), waited(9)])]) == {}
    assert usual_waits([tally([waited(1), waited(9)]), tally([waited(2)])]) == {"pemeriksaan": 2}
    rejected = waited(30, outcome="rejected")
    assert usual_waits([tally([waited(1), waited(9), waited(2), rejected, rejected])]) == {"pemeriksaan": 2}
    before = {key: value for key, value in waited(1).items() if key != "waits"}  # what was kept before waits were
    assert usual_waits([tally([before] * 3)]) == {}


def test_days_are_those_of_the_office(sop: Sop, calendar: Calendar) -> None:
    """Closed at half past midnight in Tarakan, still the day before in UTC."""
    case = move(along(sop), "lapse", at("12-01 00.30"), sop)
    assert fact(case, sop, calendar)["closed"] == "2026-12-01"


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "lapsed"])
def test_how_it_ended_is_kept(sop: Sop, calendar: Calendar, state: str) -> None:
    found = fact(along(sop, *WAYS[state]), sop, calendar)
    assert (found["outcome"], found["valid_until"]) == (state, "")


def test_an_office_typed_freely_is_kept_only_once_officials_went_through_it(sop: Sop, calendar: Calendar) -> None:
    """Else anybody could print something on the public page by sending an application and letting it lapse."""
    typed: dict[str, Any] = {"opd": "Lainnya", "opd_lainnya": "Hubungi 0800-PENIPU"}

    assert fact(along(sop, *WAYS["done"], **typed), sop, calendar)["office"] == "Hubungi 0800-PENIPU"
    for way in (("lapse",), ("confirm", "reject"), ("confirm", "withdraw")):
        assert fact(along(sop, *way, **typed), sop, calendar)["office"] == "Lainnya"


def test_an_office_that_was_never_stated_is_kept_as_nothing(sop: Sop, calendar: Calendar) -> None:
    case = along(sop, "lapse")
    nameless = replace(case, form={name: answer for name, answer in case.form.items() if name != "opd"})
    assert fact(nameless, sop, calendar)["office"] == ""


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_nothing_of_any_person_is_kept_for_good(sop: Sop, calendar: Calendar, data: st.DataObject) -> None:
    case = data.draw(cases(sop))
    found = fact(case, sop, calendar)
    personal = {key: value for key, value in found.items() if MARK in str(value)}
    # The office is the applicant's answer too, and the one the recap is about; an end of validity comes from a form
    # that takes dates only.
    assert personal.keys() <= {"office", "valid_until"}
    assert all(spent >= 0 for spent in found["minutes"].values())


def test_time_with_bsre_and_the_applicant_adds_nothing(sop: Sop, calendar: Calendar) -> None:
    soon = along(sop, *TO_VERIFIKATOR, "dispatch", "accept")
    late = along(sop, *TO_VERIFIKATOR, "dispatch")
    late = move(late, "accept", late.events[-1].at + timedelta(days=30), sop)
    assert minutes_per_step(soon, calendar, soon.events[-1].at) == minutes_per_step(late, calendar, late.events[-1].at)
    invited = along(sop, *TO_VISIT, "invite")
    now = invited.events[-1].at
    assert minutes_per_step(invited, calendar, now) == minutes_per_step(invited, calendar, now + timedelta(days=9))


def test_the_recap_tells_what_is_usual_of_the_months_it_is_of(sop: Sop) -> None:
    facts = [kept("2026-11-27", "BKPSDM", waits={"pemeriksaan": days, "passphrase": 1}) for days in (1, 2, 6)]
    few = [kept("2026-12-01", "BKPSDM", waits={"pemeriksaan": 9})]
    assert summarise([tally(facts)], sop, date(2026, 12, 1)).waits == {"pemeriksaan": 2, "passphrase": 1}
    assert summarise([tally(few)], sop, date(2026, 12, 1)).waits == {}
    assert summarise([tally(facts), tally(few)], sop, date(2026, 12, 1)).waits["pemeriksaan"] == 4
