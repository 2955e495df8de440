"""What MkDocs is given, and what it is told of a SOP file that is not right."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from mkdocs.exceptions import PluginError

from portal.site import publish
from tests.support.macros import Macros
from tests.support.places import ROOT

SOP = tomllib.loads((ROOT / "schemas/penerbitan/sop.toml").read_text("utf-8"))

TEXT = (ROOT / "schemas/penerbitan/sop.toml").read_text("utf-8")
STRAY = TEXT.replace('role = "kadis"', 'role = "kepala"', 1)
STRANGE = re.sub(r'(role = "kadis"\nminutes = )15', r"\1-1", TEXT, count=1)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("title = \n", r"sop\.toml: Invalid value \(at line 1, column 9\)"),
        ('title = "Penerbitan"\n', r"sop\.toml: [a-z_]+: "),
        (STRAY, r"sop\.toml: steps\[1\]\.role: kepala: pemohon, kadis, "),
        (STRANGE, r"sop\.toml: steps\[1\]\.minutes: "),
        (None, r"No such file or directory: .*sop\.toml"),
    ],
)
def test_a_wrong_sop_file_is_named_with_what_is_wrong(content: str | None, complaint: str, tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "schemas", tmp_path / "schemas") / "penerbitan"
    (folder / "sop.toml").unlink()
    if content is not None:
        (folder / "sop.toml").write_text(content, "utf-8")
    with pytest.raises(PluginError, match=complaint) as caught:
        publish.define_env(Macros(tmp_path))
    assert all(str(tmp_path) in line for line in str(caught.value).splitlines())  # one line for each mistake


def test_the_site_is_built_without_the_web_framework() -> None:
    code = "import sys, portal.site.publish; sys.exit('flask' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "functions")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_pages_and_theme_are_given_the_same_sop() -> None:
    env = Macros(ROOT)
    publish.define_env(env)
    said = env.variables["sop"]
    assert said == env.conf["extra"]["sop"]
    filled = {"patience": said["patience"] | SOP["patience"]}  # with states that this service does not have
    filled["batch"] = said["batch"] | SOP["batch"]  # with the form that its questions are put together to
    assert {key: said[key] for key in SOP} == SOP | filled
    assert SOP["steps"][4]["task"] == env.variables["step"]("pemeriksaan").task
    assert SOP["roles"][1]["label"] == env.variables["role"]("kadis").label
