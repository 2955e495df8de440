"""A clerk reads the registers of all services, and records nothing there; whoever is no clerk sees none."""

from pathlib import Path

import pytest

from tests.support.clerk import ClerkInPerson
from tests.support.keeper import Keeper, imported, words
from tests.support.radio import with_radio
from tests.support.stage import Stage

PATH = "/petugas/register"
LIST = f"{PATH}/penerbitan"


@pytest.fixture
def clerk(stage: Stage) -> ClerkInPerson:
    imported(stage, "LOST1", "Budi Hilang")
    imported(stage, "GOOD1", "Wati Berlaku")
    return ClerkInPerson.at_the_desk(stage)


def test_a_clerk_reads_the_register_from_his_desk(clerk: ClerkInPerson) -> None:
    page = clerk.get(clerk.get().href(PATH))
    assert page.url.endswith(LIST)
    assert "Budi Hilang" in page.text
    assert f"{LIST}/impor" not in page.text
    found = clerk.browser.submit(page, page.form(LIST), "Cari di register", cari="wati")
    assert ("Wati Berlaku" in found.text, "Budi Hilang" in found.text) == (True, False)
    entry = clerk.get(found.href(f"{LIST}/entri/"))
    assert "Wati Berlaku" in entry.text
    assert "dari meja kerjanya" in words(entry)
    assert not [form for form in entry.html.forms if "tindakan" in form.fields]


def test_what_is_recorded_shows_there_the_same_day(clerk: ClerkInPerson, stage: Stage) -> None:
    lost = next(each for each in stage.records.certificates("penerbitan") if each.name == "Budi Hilang")
    Keeper(stage).records(lost.id, "revoke", on="2026-11-23", reason="telepon_hilang")
    assert "Budi Hilang" not in clerk.get(LIST).text
    assert "Budi Hilang" in clerk.get(f"{LIST}?keadaan=revoked").text
    assert "Telepon genggam hilang" in clerk.get(f"{LIST}/entri/{lost.id}").text


def test_whoever_is_no_clerk_sees_nothing_and_nothing_is_recorded_here(clerk: ClerkInPerson, stage: Stage) -> None:
    for path in (PATH, LIST, f"{LIST}/entri/impor-1"):
        for browser in (ClerkInPerson(stage), Keeper(stage)):
            assert "Budi Hilang" not in browser.browser.get(path).text
    assert clerk.get(f"{LIST}/entri/tiada").status == 404
    assert clerk.get(f"{PATH}/lain").status == 404
    for what in ("impor", "entri/impor-1/catat", "entri/impor-1/periksa"):
        assert clerk.get(f"{LIST}/{what}").status == 404
    before = stage.dump()
    assert clerk.post(LIST, clerk.get(LIST), cari="budi").status == 200
    assert clerk.browser.post(LIST, b"cari=budi").status == 403
    assert stage.dump() == before


def test_of_several_services_each_has_its_own(tmp_path: Path) -> None:
    schemas = with_radio(tmp_path)
    stage = Stage(tmp_path / "data", schemas=schemas, services=("penerbitan", "radio"))
    clerk = ClerkInPerson.at_the_desk(stage)
    imported(stage, "LOST1", "Budi Hilang")
    page = clerk.get(PATH)
    assert "Budi Hilang" in clerk.get(page.href(LIST)).text
    assert "Budi Hilang" not in clerk.get(page.href(f"{PATH}/radio")).text
    stage.close()
