"""A data folder destroyed in every way: it is noticed, nothing is built on it, and a backup brings it back."""

from pathlib import Path

import pytest

from portal.bootstrap import build_to_serve, wsgi
from portal.core.errors import Unavailable
from portal.engines.local.records import SqliteRecords
from tests.support.command_line import Run
from tests.support.harm import DATABASE, NOT_SERVED, TOLD, config, sound, zero_pages


@pytest.mark.parametrize("way", NOT_SERVED)
def test_on_what_is_damaged_nothing_is_built_and_a_backup_brings_it_back(
    run: Run, data: Path, newest: Path, way: str
) -> None:
    code, harm = NOT_SERVED[way]
    harm(data)
    before = {path: path.read_bytes() for path in data.glob(f"{DATABASE}*") if path.suffix != ".sqlite-shm"}
    house = build_to_serve(config(data))
    assert house.equipment.closed == code
    browser = wsgi(house).test_client()
    health = browser.get("/sehat")
    assert (health.status_code, "restore" in health.json["problem"]) == (503, True)
    for method, path in (("GET", "/ajukan"), ("GET", "/status"), ("POST", "/ajukan"), ("GET", "/rekap")):
        answer = browser.open(path, method=method)
        assert (answer.status_code, "Portal sedang diperiksa" in answer.text) == (503, True), path
    assert {path: path.read_bytes() for path in before} == before
    assert run("verify", "--all", data=data).exit_code == 1

    told = run("restore", newest, data=data)
    assert (told.exit_code, told.stderr) == (0, "")
    assert "2 permohonan dan 17 berkas" in told.output
    sound(run, data)


@pytest.mark.parametrize("way", TOLD)
def test_what_is_not_as_it_was_written_is_found_and_brought_back(run: Run, data: Path, newest: Path, way: str) -> None:
    TOLD[way](data)
    found = run("verify", "--all", data=data)
    assert found.exit_code == 1, found.output
    assert run("restore", newest, data=data).exit_code == 0
    sound(run, data)


def test_a_folder_that_is_whole_is_found_so_and_served(run: Run, data: Path) -> None:
    assert run("verify", "--all", data=data).exit_code == 0
    assert not build_to_serve(config(data)).equipment.closed


def test_damage_that_is_met_at_work_closes_the_store(data: Path) -> None:
    records = SqliteRecords(data / DATABASE, ["penerbitan"])
    ticket = records.tickets()[0]
    records.close()  # so that nothing of the file is remembered
    zero_pages(data, first=1, number=500)
    with pytest.raises(Unavailable, match="store_damaged"):
        records.load(ticket)
    with pytest.raises(Unavailable, match="store_damaged"):
        records.officials()
    records.close()
