"""A SOP file that is not right stops the site's build and ``portal check`` alike: which file, which key, what belongs
there; never a traceback."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from mkdocs.exceptions import PluginError

from portal.commands import cli
from portal.site import publish
from tests.support.macros import Macros
from tests.support.places import ROOT

pytestmark = pytest.mark.long

TEXT = (ROOT / "schemas/penerbitan/sop.toml").read_text("utf-8")
DOCUMENTS = re.compile(r"^\[\[documents\]\].*?(?=^# ---)", re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a copy of the schemas, to be spoilt."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    return tmp_path


def of_step(number: int, old: str, new: str) -> str:
    head, *steps = re.split(r"(?=^\[\[steps\]\]$)", TEXT, flags=re.MULTILINE)
    assert old in steps[number]
    steps[number] = steps[number].replace(old, new, 1)
    return head + "".join(steps)


def replaced(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


# What was done to the file, the place that must be named, what must be said to belong there.
BROKEN: dict[str, tuple[str | bytes | None, str, str]] = {
    "missing": (None, "sop.toml", "No such file"),
    "no text": (b"\xff\xfe\x00", "sop.toml", "utf-8"),
    "no toml": (replaced("[applicant]", "[applicant"), "sop.toml", "line 12"),
    "key twice": (replaced("draft_days = 30", "draft_days = 30\ndraft_days = 8"), "sop.toml", "line"),
    "empty": ("", "service", "huruf kecil"),
    "step without actor": (of_step(1, 'role = "kadis"\n', ""), "steps[1].role", "[[roles]]"),
    "unknown role": (of_step(1, '"kadis"', '"camat"'), "steps[1].role", "pemohon, kadis, kabid"),
    "role that is a number": (of_step(1, '"kadis"', "3"), "steps[1].role", "huruf kecil"),
    "unknown kind": (of_step(4, '"dispatch"', '"kirim"'), "steps[4].kind", "submission, opening, disposition"),
    "no minutes": (of_step(2, "minutes = 15", "minutes = 0"), "steps[2].minutes", "bilangan bulat"),
    "no documents": (DOCUMENTS.sub("", TEXT), "documents", "sekurang-kurangnya satu [[documents]]"),
    "documents that are none": (
        DOCUMENTS.sub("", replaced("draft_days = 30", "documents = []\ndraft_days = 30")),
        "documents",
        "sekurang-kurangnya satu berkas",
    ),
    "document without key": (replaced('key = "ktp"\n', ""), "documents[2].key", "huruf kecil"),
    "document without name": (replaced('label = "KTP-el"\n', ""), "documents[2].label", "kata atau kalimat"),
    "document twice": (replaced('key = "ktp"\n', 'key = "formulir_bsre"\n'), "documents", "formulir_bsre"),
    "unknown column": (replaced('column = "Kadis"', 'column = "Kades"'), "roles[1].column", "Pemohon, Kadis"),
    "two standard columns": (replaced('"Waktu", "Output"]', '"Waktu"]'), "text.quality_columns", "tiga kolom"),
    "chart with an empty word": (replaced('"Lengkap?"', '""'), "chart.question", "kata atau kalimat"),
    "unknown word": (replaced('question = "Lengkap?"\n', 'question = "?"\nx = "?"\n'), "chart.x", "question"),
    "hours that are none": (replaced('mon = ["08.00-11.30"', 'mon = ["28.00-11.30"'), "windows.mon", "HH.MM"),
    "an office of its own that is none": (
        replaced("[applicant]", 'office = { email = "loket" }\n[applicant]'),
        "office.email",
        "alamat email",
    ),
}


def spoil(project: Path, content: str | bytes | None) -> Path:
    path = project / "schemas/penerbitan/sop.toml"
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


OFFICE = (ROOT / "schemas/office.toml").read_text("utf-8")
BROKEN_OFFICE = {
    "no toml": ("\n[office]", "\n[office", "line"),
    "no address": ('address = "', 'adress = "', "office.adress"),
    "hours that are none": ('mon = ["07.30-12.00"', 'mon = ["27.30-12.00"', "calendar.hours.mon"),
    "telephone": ('tel = "+62', 'tel = "0', "office.telephones[0].tel"),
}


@pytest.mark.parametrize("broken", BROKEN_OFFICE)
def test_an_office_that_is_not_right_is_told_by_site_and_check(project: Path, broken: str) -> None:
    old, new, place = BROKEN_OFFICE[broken]
    assert old in OFFICE
    (project / "schemas/office.toml").write_text(OFFICE.replace(old, new, 1), "utf-8")
    with pytest.raises(PluginError) as refusal:
        publish.define_env(Macros(project))
    answer = CliRunner().invoke(cli.main, ["check", str(project / "schemas/penerbitan")])
    assert answer.exit_code == 1
    for said in (str(refusal.value), answer.stderr):
        assert place in said
        assert "office.toml" in said


def test_a_service_may_say_what_is_its_own_of_the_office(project: Path) -> None:
    spoil(project, replaced("[applicant]", '[office]\nunit = "Bidang Informatika"\n\n[applicant]'))
    env = Macros(project)
    publish.define_env(env)
    assert env.variables["sop"]["office"] == {**tomllib.loads(OFFICE)["office"], "unit": "Bidang Informatika"}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_site_is_not_built_and_says_what_is_wrong(project: Path, broken: str) -> None:
    content, place, expected = BROKEN[broken]
    path = spoil(project, content)
    with pytest.raises(PluginError) as refusal:
        publish.define_env(Macros(project))
    said = str(refusal.value)
    assert said.startswith(f"{path}: ")
    assert place in said
    assert expected in said
    assert all("schemas" in line for line in said.splitlines())  # one line for each mistake


@pytest.mark.parametrize("broken", BROKEN)
def test_the_check_says_the_same(project: Path, broken: str) -> None:
    content, place, expected = BROKEN[broken]
    path = spoil(project, content)
    answer = CliRunner().invoke(cli.main, ["check", str(path.parent)])
    assert answer.exit_code == 1
    assert str(path) in answer.stderr
    assert place in answer.stderr
    assert expected in answer.stderr
    assert "Traceback" not in answer.output


def build(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(project / "out")]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project / "functions")}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def no_actor(project: Path) -> str:
    spoil(project, BROKEN["step without actor"][0])
    return "sop.toml: steps[1].role: "


def no_such_service(project: Path) -> str:
    office = project / "schemas/office.toml"
    office.write_text(office.read_text("utf-8").replace('services = ["penerbitan"]', 'services = ["lain"]'), "utf-8")
    return "schemas/lain/sop.toml: "


@pytest.mark.parametrize("spoilt", [no_actor, no_such_service])
def test_mkdocs_itself_stops_with_the_place_and_without_a_traceback(
    project: Path, spoilt: Callable[[Path], str]
) -> None:
    for name in ("site", "functions"):
        (project / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "mkdocs.yml", project)
    place = spoilt(project)
    run = build(project)
    assert run.returncode == 1
    assert place in run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert not (project / "out").exists()


def test_without_the_library_that_draws_the_paper_the_site_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(PluginError, match="reportlab"):
        publish.define_env(Macros(ROOT))
