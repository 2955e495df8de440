"""Somebody who cannot answer a question yet finds at it what to do, and keeps what he has typed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.browser_without_javascript import Page
from tests.support.places import SCHEMAS
from tests.support.stage import InProcess, Stage

Opened = Callable[..., Page]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """The part of the form that asks for the address, in an office that says this too."""
    stages: list[Stage] = []

    def page(more: str = "") -> Page:
        schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
        office = schemas / "office.toml"
        telephones = "[[office.telephones]]"
        office.write_text(office.read_text("utf-8").replace(telephones, f"{more}{telephones}", 1), "utf-8")
        stages.append(Stage(tmp_path / "data", schemas=schemas))
        draft, browser = stages[0].draft(), InProcess(stages[0].browser())
        browser.get(stages[0].draft_link(draft))
        return browser.get(f"/ajukan/{draft.id}/data/kontak")

    yield page
    for stage in stages:
        stage.close()


def test_the_message_is_written_already_to_the_number_that_the_office_names(opened: Opened) -> None:
    page = opened('whatsapp = "+6281200000000"\n')
    address = urlsplit(page.href("wa.me"))
    assert (address.netloc, address.path) == ("wa.me", "/6281200000000")
    (message,) = parse_qs(address.query)["text"]
    assert message.startswith("Yth. DKISP, saya belum punya email kedinasan pribadi")
    assert message.splitlines()[1:] == ["Nama: ", "NIP: ", "Perangkat daerah dan unit kerja: ", "Nomor HP: "]
    assert "siti" not in message.lower(), "nothing of what was typed leaves with it"


def test_an_office_without_such_a_number_is_asked_by_email(opened: Opened) -> None:
    page = opened()
    assert page.href("mailto:dkisp@tarakankota.go.id?body=Yth.")
    assert "wa.me" not in page.body.decode()
    assert "Sebutkan nama lengkap dan NIP" in page.text
