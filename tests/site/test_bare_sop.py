"""The site of a SOP that says as little as it may: no time, number, date or law, and nothing stands in their place."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.support.derived import PARTS, derived, without
from tests.support.places import ROOT
from tests.support.site_page import Page

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """Some of the pages, by address."""
    project = tmp_path_factory.mktemp("bare")
    unsaid = (r"^(minutes = \d+\n)", ""), (r'^(time = ".*"\n)', ""), (r"^duration = .*\n", "")
    some = (
        (r'^key = "ktp"\n', 'key = "ktp"\noptional = true\n'),
        (r'^key = "sk_terakhir"\n', 'key = "sk_terakhir"\nfiles = 3\n'),
    )
    derived(project, *map(without, PARTS), *unsaid, *some)
    shutil.copytree(ROOT / "site", project / "site")
    shutil.copy(ROOT / "mkdocs.yml", project)
    (project / "functions").symlink_to(ROOT / "functions")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(project / "out")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return {
        url: Page(url="/" + url, html=(project / "out" / url / "index.html").read_text("utf-8"))
        for url in (
            "",
            "sop/",
            "standar-pelayanan/",
            "rekapitulasi/",
            "persyaratan/",
            "tanya-jawab/",
            "panduan/pejabat/",
        )
    }


@pytest.mark.parametrize("url", ["", "sop/", "standar-pelayanan/", "rekapitulasi/", "tanya-jawab/", "panduan/pejabat/"])
def test_nothing_is_invented_for_what_is_not_said(pages: dict[str, Page], url: str) -> None:
    said = pages[url].text
    assert "None" not in said
    assert not re.search(r"\b(?:10|15|20) menit", said)
    for gone in ("SOP Nomor", "Nomor SOP", "Tgl Revisi", "Disahkan Oleh", "DASAR HUKUM", "PERINGATAN"):
        assert gone not in said


def test_it_is_said_that_nothing_is_said(pages: dict[str, Page]) -> None:
    assert "SOP tidak menyebut waktu penanganan." in pages[""].text
    assert "waktu tidak disebut SOP" in pages["standar-pelayanan/"].text
    assert "Bila ada." in pages["persyaratan/"].text
    assert "Boleh sampai 3 berkas." in pages["persyaratan/"].text
