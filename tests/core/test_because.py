"""What a forecast rests on, in the words of pages and emails."""

import tomllib
from dataclasses import replace
from typing import Any, Final, get_args, get_type_hints

import pytest

from portal.core.forecast import Forecast, Reason
from portal.core.progress import because, reasons
from tests.support.builders import a_sop
from tests.support.places import ROOT

WORDS: Final = tomllib.loads((ROOT / "functions/portal/messages.toml").read_text("utf-8"))["forecast"]


def reason(code: str, whom: str = "", days: int = 0, names: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"code": code, "step": "Pengisian passphrase", "with": whom, "days": days, "names": list(names)}


def test_days_with_others_are_said_and_the_applicant_is_spoken_to_in_his_own_letters() -> None:
    waited = reason("usual", "applicant", 3)
    assert because(waited, WORDS) == "Pengisian passphrase: menunggu pemohon biasanya 3 hari kerja"
    assert because(waited, WORDS, own=True) == "Pengisian passphrase: menunggu Anda biasanya 3 hari kerja"


def test_no_whole_day_is_less_than_one() -> None:
    said = because(reason("usual", "outside"), WORDS, own=True)
    assert said == "Pengisian passphrase: menunggu pihak luar biasanya kurang dari satu hari kerja"


def test_days_off_are_named() -> None:
    assert (
        because(reason("days_off", names=("Natal", "Cuti bersama")), WORDS) == "Libur di antaranya: Natal, Cuti bersama"
    )


@pytest.mark.parametrize("code", get_args(get_type_hints(Reason)["code"]))
def test_every_reason_has_its_words(code: str) -> None:
    assert because(reason(code), WORDS)


def test_with_whom_a_case_is_at_a_step_is_told_of_it_and_of_no_step_nothing() -> None:
    sop = a_sop()
    task = replace(sop.steps[1], key="tugas", kind="task", name="Tugas")
    told = reasons(Forecast({}, (*(Reason("late", key) for key in KEYS), Reason("days_off", names=("Natal",)))), sop)
    assert [(each["step"], each["with"]) for each in told] == [
        ("disposisi_kadis", ""),
        ("pemeriksaan", "outside"),
        ("kunjungan", "applicant"),
        ("", ""),
    ]
    asked = replace(sop, steps=(*sop.steps, task))
    assert reasons(Forecast({}, (Reason("late", "tugas"),)), asked)[0]["with"] == "applicant"


KEYS: Final = ("disposisi_kadis", "pemeriksaan", "kunjungan")
