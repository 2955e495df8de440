"""The status page is made anew when something was written or a minute is over, and its chart once for each place."""

from typing import Any

import pytest

from portal.chart import layout
from portal.core.progress import status
from portal.web.kept import Kept
from tests.support.stage import Stage, StillClock
from tests.support.ways import WAYS


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was worked out since: ``status`` or ``across``."""
    made, across = list[str](), layout.across

    def worked_out(*given: Any) -> Any:
        made.append("status")
        return status(*given)

    def drawn(*given: Any) -> Any:
        made.append("across")
        return across(*given)

    monkeypatch.setattr("portal.web.public.status.status", worked_out)
    monkeypatch.setattr(layout, "across", drawn)
    return made


def test_it_is_shown_again_as_it_was_until_something_is_written(stage: Stage, counted: list[str]) -> None:
    stage.clock.at = StillClock().at
    number = stage.case("confirm")
    browser = stage.browser()
    first = [browser.get(f"/status/{number}{form}").text for form in ("", "?format=json")]
    at, made = stage.clock.at, len(counted)
    for _ in range(3):
        stage.clock.at = at
        assert [browser.get(f"/status/{number}{form}").text for form in ("", "?format=json")] == first
    assert (len(counted), browser.get(f"/status/{number}").mimetype) == (made, "text/html")
    assert browser.get(f"/status/{number}?format=json").get_json()["ticket"] == number
    stage.act(number, "forward")
    moved = browser.get(f"/status/{number}?format=json").get_json()
    assert (moved["state"], len(moved["history"])) == ("waiting", 3)
    stage.act(number, "withdraw")
    assert browser.get(f"/status/{number}?format=json").get_json()["closed"]


def test_a_minute_later_it_is_made_anew(stage: Stage, counted: list[str]) -> None:
    number = stage.case("confirm")
    stage.browser().get(f"/status/{number}")
    before = counted.count("status")
    stage.clock.forward(minutes=1)
    stage.browser().get(f"/status/{number}")
    assert counted.count("status") == before + 1


def test_the_chart_is_drawn_once_for_all_cases_at_one_place(stage: Stage, counted: list[str]) -> None:
    for number in (stage.case("confirm"), stage.case("confirm"), stage.case(*WAYS["mended"])):
        assert "bagan-lebar" in stage.browser().get(f"/status/{number}").text
    assert counted.count("across") == 1
    stage.browser().get(f"/status/{stage.case(*WAYS['returned'])}")
    assert counted.count("across") == 2


def test_what_nobody_knows_is_not_kept(stage: Stage) -> None:
    assert stage.browser().get("/status/TTE-26-7777-777M").status_code == 404
    number = stage.case()
    assert stage.browser().get(f"/status/{number}").status_code == 200


def test_only_so_many_are_kept_and_the_newest_of_each() -> None:
    made, kept = list[str](), Kept[str](2)

    def ask(key: str, mark: int) -> str:
        def make() -> str:
            made.append(key)
            return f"{key}{mark}"

        return kept.of(key, mark, make)

    assert [ask("a", 1), ask("b", 1), ask("a", 1), ask("c", 1), ask("a", 1)] == ["a1", "b1", "a1", "c1", "a1"]
    assert made == ["a", "b", "c"]
    assert (ask("b", 1), ask("a", 2), made) == ("b1", "a2", ["a", "b", "c", "b", "a"])
