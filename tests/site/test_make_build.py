"""``make build``: what is built again, and when. mkdocs is played, since only its being called is of interest."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.places import ROOT

MKDOCS = '#!/bin/sh\nmkdir -p build/site\necho "$ADDRESS $SCHEMAS $SERVICES" >> build/site/index.html\n'

NOT_OURS = {"ADDRESS", "SCHEMAS", "SERVICES", "MAKEFLAGS"}
"""The last is of the make that started the tests."""

Build = Callable[..., list[str]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Make with these settings; returns those of each time that the site was built, the earliest first."""
    for name, content in {"mkdocs": MKDOCS, "python": "#!/bin/sh\n"}.items():
        played = tmp_path / ".venv" / "bin" / name
        played.parent.mkdir(parents=True, exist_ok=True)
        played.write_text(content)
        played.chmod(0o755)
    for name in ("functions/requirements.txt", "infra/requirements/site.txt", "mkdocs.yml", ".venv/run.stamp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copy(ROOT / "Makefile", tmp_path)

    def call(**settings: str) -> list[str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        subprocess.run(["make", "-s", "build"], cwd=tmp_path, env=kept | settings, check=True, capture_output=True)
        return (tmp_path / "build" / "site" / "index.html").read_text().splitlines()

    return call


def test_a_site_of_the_rehearsal_is_built_anew_for_the_public_address(build: Build) -> None:
    build()
    assert [each.split() for each in build(ADDRESS="https://tte.example.go.id")] == [[], ["https://tte.example.go.id"]]


@pytest.mark.parametrize("setting", ["ADDRESS", "SCHEMAS", "SERVICES"])
def test_every_setting_of_the_site_counts(build: Build, setting: str) -> None:
    assert len(build(**{setting: "x"})) == 1
    assert len(build(**{setting: "y"})) == 2
    assert len(build()) == 3


def test_nothing_is_built_again_for_the_same_settings(build: Build) -> None:
    build(ADDRESS="https://tte.example.go.id")
    assert len(build(ADDRESS="https://tte.example.go.id")) == 1


def test_the_schemas_of_another_folder_are_looked_at(build: Build, tmp_path: Path) -> None:
    schemas = tmp_path / "office"
    schemas.mkdir()
    build(SCHEMAS="office")
    later = (tmp_path / "build" / "site" / "index.html").stat().st_mtime + 5
    (schemas / "office.toml").touch()
    os.utime(schemas / "office.toml", (later, later))
    assert len(build(SCHEMAS="office")) == 2
