"""Checking a SOP: what does not fit is named, and what fits can be used."""

import copy
import json
import re
import shutil
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.errors import SopInvalid
from portal.editions import read_calendar, read_sop
from tests.support.command_line import Run
from tests.support.places import SCHEMAS


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A copy of the schemas that may be broken."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas")) / "penerbitan"


def test_the_sop_of_the_repository_fits(run: Run) -> None:
    result = run("check")
    assert re.fullmatch(r"penerbitan: 7 langkah, edisi [0-9a-f]{12}\n", result.output)
    assert result.exit_code == 0


BROKEN: Mapping[str, tuple[str, str, str, list[str]]] = {
    # file, what stands there, what is written instead, what the sentence says
    "no role": ("penerbitan/sop.toml", 'role = "kadis"\n', "", ["sop.toml", "steps[1].role"]),
    "no toml": ("penerbitan/sop.toml", "[applicant]", "[applicant", ["sop.toml", "line 12"]),
    "a role that is none": (
        "penerbitan/sop.toml",
        'role = "kadis"',
        'role = "bupati"',
        ["sop.toml", "bupati", "kabid"],
    ),
    "an emblem that is not there": (
        "office.toml",
        'mail_prefix = "[TTE Tarakan]"',
        'mail_prefix = "[TTE Tarakan]"\nemblem = "lambang.svg"',
        ["office.toml", "office.emblem", "lambang.svg"],
    ),
    "a step twice": ("penerbitan/sop.toml", 'key = "telaah_kabid"', 'key = "telaah_kadis"', ["sop.toml", "steps"]),
    "hours": ("office.toml", 'fri = ["07.30-11.30"]', 'fri = ["11.30-07.30"]', ["office.toml", "hours.fri"]),
    "visit": ("penerbitan/sop.toml", '"08.00-10.30"', '"pagi"', ["sop.toml", "steps[5].visit.windows.fri", "HH.MM"]),
    "no form": ("penerbitan/application.schema.json", "{", "", ["application.schema.json"]),
    "a form without fields": ("penerbitan/application.schema.json", '"properties"', '"props"', ["properties"]),
    "a section's field": ("penerbitan/application.schema.json", '["jabatan", ', '["jabatn", ', ["jabatn"]),
    "holidays": ("holidays.toml", "[[holiday]]", "[[holiday", ["holidays.toml"]),
    "schema": ("sop.schema.json", "{", "", ["sop.schema.json"]),
    "decisions": ("decision.schema.json", "{", "", ["decision.schema.json:2"]),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_does_not_fit_is_named_with_file_and_key(run: Run, service: Path, broken: str) -> None:
    file, good, bad, named = BROKEN[broken]
    path = service.parent / file
    assert good in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(good, bad, 1), "utf-8")

    result = run("check", service)
    assert result.exit_code == 1
    for words in named:
        assert words in result.stderr
    assert run("official", "list", SERVICE=str(service)).exit_code == 2


ALL_AT_ONCE = {
    # file, what stands there, what is written instead: the key, what is there, what belongs there
    ("sop.toml", '\nname = "PENERB', '\nnama = "PENERB'): [("text.name", "belum ada"), ("text.nama", "PENERBITAN")],
    ("sop.toml", 'role = "kadis"\nminutes', "minutes"): [("steps[1].role", "belum ada")],
    ("sop.toml", 'role = "kabid"\nminutes', 'role = "bupati"\nminutes'): [("steps[2].role", "bupati")],
    ("sop.toml", "minutes = 20", 'minutes = "lama"'): [("steps[5].minutes", "lama")],
    ("sop.toml", '"08.00-10.30"', '"pagi"'): [("steps[5].visit.windows.fri", "pagi")],
    ("../office.toml", 'fri = ["07.30-11.30"]', 'fri = ["11.30-07.30"]'): [("calendar.hours.fri", "11.30-07.30")],
    ("application.schema.json", '"maxLength": 100', '"maxLength": "100"'): [("properties.nama_ktp.maxLength", "100")],
    ("application.schema.json", '"widget": "tel"', '"widget": "telp"'): [("properties.hp_pengisi.widget", "telp")],
    ("papers.toml", 'document = "surat_permohonan"', 'document = "surat"'): [("papers[0].document", "surat")],
    ("papers.toml", 'fields = ["nip"]', 'fields = ["nipp"]'): [("papers[0].blocks[5]", "nipp")],
    ("rehearsal.toml", 'role = "kabid"', 'role = "kabud"'): [("officials[1].role", "kabud")],
    ("rehearsal.toml", 'percent = 60', ""): [("samples[5].percent", "belum ada")],
    ("../holidays.toml", "date = 2026-08-17", 'date = "2026-08-17"'): [("holiday[78].date", "2026-08-17")],
}  # fmt: skip


def test_everything_is_told_at_once_with_file_line_key_and_value(run: Run, service: Path) -> None:
    for file, good, bad in ALL_AT_ONCE:
        path = service / file
        assert good in path.read_text("utf-8"), good
        path.write_text(path.read_text("utf-8").replace(good, bad, 1), "utf-8")

    result = run("check", service)
    told = re.findall(r"^(.*?)(?::([0-9]+))?: .*\n {4}(\S+): (.*)$", result.stderr, re.MULTILINE)
    for (file, _, _), expected in ALL_AT_ONCE.items():
        for key, value in expected:
            ((at, line, there),) = ((at, int(line), there) for at, line, named, there in told if named == key)
            assert Path(at).name == Path(file).name
            assert value in there
            if value != "belum ada" and not key.endswith("]"):
                assert value in (service / file).read_text("utf-8").splitlines()[line - 1]
    assert f"{len(told)} hal belum sesuai." in result.stderr
    assert len(told) == sum(map(len, ALL_AT_ONCE.values()))


@pytest.mark.parametrize("missing", ["sop.toml", "application.schema.json", "../holidays.toml", "../sop.schema.json"])
def test_a_missing_file_is_named(run: Run, service: Path, missing: str) -> None:
    (service / missing).unlink()
    result = run("check", service)
    assert (result.exit_code, Path(missing).name in result.stderr) == (1, True)


SOP = tomllib.loads((SCHEMAS / "penerbitan" / "sop.toml").read_text("utf-8"))
FORM = json.loads((SCHEMAS / "penerbitan" / "application.schema.json").read_text("utf-8"))
odd = st.sampled_from(["", 0, -1, True, [], {}, "\x00", ["x"], {"key": "x"}, date(2026, 1, 1)])


@st.composite
def bends(draw: st.DrawFn, whole: Any) -> tuple[list[Any], Any]:
    """The way to some value in the data, and what stands there instead; None for nothing."""
    way: list[Any] = []
    here = whole
    while True:
        way.append(draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))))
        here = here[way[-1]]
        if not (isinstance(here, dict | list) and here and draw(st.booleans())):
            return way, draw(st.none() | odd)


def bent(whole: Any, bend: tuple[list[Any], Any]) -> Any:
    (*way, last), instead = bend
    data = here = copy.deepcopy(whole)
    for key in way:
        here = here[key]
    if instead is None:
        del here[last]
    else:
        here[last] = instead
    return data


def as_toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_sop=st.booleans(), data=st.data())
@pytest.mark.long
def test_whatever_is_wrong_is_told_and_what_fits_can_be_used(service: Path, of_sop: bool, data: st.DataObject) -> None:
    bend = data.draw(bends(SOP if of_sop else FORM))
    sop, form = (bent(SOP, bend), FORM) if of_sop else (SOP, bent(FORM, bend))
    (service / "sop.toml").write_text("".join(f"{json.dumps(key)} = {as_toml(sop[key])}\n" for key in sop), "utf-8")
    (service / "application.schema.json").write_text(json.dumps(form, default=str), "utf-8")
    problem = trouble(service)
    assert problem is None or str(service.parent) in str(problem.facts["file"])


def trouble(service: Path) -> SopInvalid | None:
    """What starting the portal on this service would complain of."""
    try:
        read_calendar(read_sop(service), service)
    except SopInvalid as problem:
        return problem
    return None
