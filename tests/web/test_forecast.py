"""The pages that say when a case can be finished at the earliest, and those that promise nothing."""

import pytest

from tests.support.stage import Stage
from tests.support.status_page import get, main
from tests.support.ways import WAYS

NOTHING = ["unconfirmed", "returned", "sent", "invited", "missed", "done", "rejected", "withdrawn", "lapsed"]


def test_the_status_page_shows_the_earliest_time_of_each_coming_step(stage: Stage) -> None:
    words = main(get(stage, f"/status/{stage.case('confirm')}"))
    assert "Perkiraan selesai paling cepat 24 November 2026 08.30 WITA" in words
    assert "15 menit, paling cepat 23 November 2026 08.30 WITA" in words
    assert words.count("menit, paling cepat") == 5
    # The present step ends on time at the SOP's own limit: one moment, one name for it.
    assert words.count("paling lambat menurut SOP 23 November 2026 08.15 WITA") == 1
    assert "paling cepat 23 November 2026 08.15 WITA" not in words


def test_a_late_case_shows_later_times_and_why(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.clock.forward(days=1)
    words = main(get(stage, f"/status/{number}"))
    assert "Perkiraan selesai paling cepat 25 November 2026 08.30 WITA" in words
    assert stage.office.services.first.data["sentences"]["late"] in words


@pytest.mark.parametrize("state", NOTHING)
def test_a_page_that_can_promise_nothing_shows_no_time(shared_stage: Stage, state: str) -> None:
    assert "paling cepat" not in main(get(shared_stage, f"/status/{shared_stage.case(*WAYS[state])}"))


def test_the_applicant_sees_when_it_can_be_finished(stage: Stage) -> None:
    browser, number = stage.browser(), stage.case("confirm")
    browser.get(stage.link("permohonan", number))
    assert "selesai paling cepat 24 November 2026 08.30 WITA" in browser.get(f"/permohonan/{number}").text
