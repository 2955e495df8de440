"""`portal service new` lays down a folder that passes the check and runs as it is."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Run
from tests.support.people import Applicant, Mailbox, Official
from tests.support.places import ROOT
from tests.support.server import Clock, rehearsal_of, serving


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))


def test_a_new_service_passes_the_check_and_runs_to_its_end_beside_the_first(
    run: Run, schemas: Path, tmp_path: Path
) -> None:
    made = run("service", "new", "pinjam_ruang", SCHEMAS=str(schemas))
    assert made.exit_code == 0, made.stderr
    assert "pinjam_ruang" in made.stdout
    assert run("check", schemas / "pinjam_ruang").exit_code == 0
    with serving(tmp_path / "data", Clock(), SCHEMAS=str(schemas), SERVICES="penerbitan,pinjam_ruang") as served:
        address = served.house.config.address
        mailbox = Mailbox(address, served.deliver)
        siti = Applicant(
            address,
            mailbox,
            rehearsal_of(served.house).props["pinjam_ruang"],
            nama="Siti Contoh",
            nomor_pegawai="",
            jabatan="Analis",
            unit="Bagian Umum",
            surel="siti@contoh.go.id",
            email="siti@contoh.go.id",
            keperluan="Rapat kantor",
        )
        siti.send(siti.upload_all(siti.fill_in("/ajukan/pinjam_ruang")))
        siti.confirm()
        Official(address, mailbox, "atasan@contoh.go.id").decide(siti.ticket, "forward", instructions=["proses"])
        Official(address, mailbox, "petugas@contoh.go.id").decide(siti.ticket, "complete")
        assert "Selesai" in siti.browser.get(f"/status/{siti.ticket}").text


def test_every_kind_of_step_is_named_in_a_new_service() -> None:
    schema = json.loads((ROOT / "schemas" / "sop.schema.json").read_text("utf-8"))
    kinds = next(found["enum"] for found in _all_of(schema, "kind") if "submission" in found.get("enum", ()))
    text = (ROOT / "functions" / "portal" / "skeleton" / "sop.toml").read_text("utf-8")
    said = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    assert [kind for kind in kinds if f"{kind} (" not in said] == []


def _all_of(schema: Any, key: str) -> Iterator[Any]:
    """Everything that a schema says under a key, wherever it stands."""
    if isinstance(schema, dict):
        yield from (value for name, value in schema.items() if name == key and isinstance(value, dict))
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _all_of(value, key)


@pytest.mark.parametrize("name", ["Surel", "2surat", "lanjut", "../x", "a b", "x" * 40])
def test_a_name_that_cannot_be_an_address_is_refused(run: Run, schemas: Path, name: str) -> None:
    before = sorted(schemas.rglob("*"))
    refused = run("service", "new", name, SCHEMAS=str(schemas))
    assert (refused.exit_code, "surel_dinas" in refused.stderr or name in refused.stderr) == (2, True)
    assert sorted(schemas.rglob("*")) == before


def test_a_folder_that_is_there_is_left_as_it_is(run: Run, schemas: Path) -> None:
    before = (schemas / "penerbitan" / "sop.toml").read_bytes()
    refused = run("service", "new", "penerbitan", SCHEMAS=str(schemas))
    assert (refused.exit_code, "sudah ada" in refused.stderr) == (2, True)
    assert (schemas / "penerbitan" / "sop.toml").read_bytes() == before


def test_a_folder_that_does_not_fit_is_not_previewed_but_told_of(run: Run, schemas: Path) -> None:
    sop = schemas / "penerbitan" / "sop.toml"
    sop.write_text(sop.read_text("utf-8").replace('kind = "visit"', 'kind = "vist"'), "utf-8")
    for name in ("penerbitan", ""):
        refused = run("service", "preview", *([name] if name else []), SCHEMAS=str(schemas))
        assert refused.exit_code == 1
        assert f"{sop}:" in refused.stderr
        assert '"vist"' in refused.stderr


def test_a_service_that_is_not_there_is_not_previewed(run: Run, schemas: Path) -> None:
    refused = run("service", "preview", "tidak_ada", SCHEMAS=str(schemas))
    assert (refused.exit_code, "tidak_ada" in refused.stderr) == (1, True)
