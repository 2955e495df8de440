"""``portal doctor``: what it prints, and how it ends."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.commands.checkup import Instruments
from portal.commands.cli import main
from portal.config import Config
from portal.core.errors import MailDeferred
from portal.editions import read_messages
from tests.support.command_line import Run
from tests.support.places import ROOT
from tests.support.server import Clock
from tests.support.zone import WELL, Zone

WORDS = read_messages()["doctor"]
PAGE = '<link rel="canonical" href="https://tte.example.go.id/">'
ROLES = ("kadis", "kabid", "pelaksana_bidang", "verifikator")

Doctor = Callable[..., Result]


def let_in(config: Config) -> None:
    """A relay that takes everybody."""


@pytest.fixture
def doctor(tmp_path: Path, clock: Clock) -> Doctor:
    """``portal doctor`` where everything around the data folder is in order."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text(PAGE)

    def call(*options: str, log_in: Callable[[Config], None] = let_in, **environ: str) -> Result:
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data").chmod(0o700)
        given = {"ADDRESS": "https://tte.example.go.id", "SENDER": "TTE <tte@example.go.id>", "SITE": str(site)}
        given |= {"PROXY": "127.0.0.1", "CLAMD": "off"}
        played = Instruments(Zone(WELL), lambda address: (200, b'{"ok":true}'), lambda *_: 0, log_in, lambda: True)
        command = ["--data", str(tmp_path / "data"), "doctor", "--dkim", "relai", *options]
        context = {"clock": clock, "instruments": played}
        return CliRunner().invoke(main, command, env={**given, **environ}, obj=context, catch_exceptions=False)

    return call


def test_every_finding_has_a_sentence_and_every_sentence_a_finding() -> None:
    rooms = [*(ROOT / "functions/portal/doctor").glob("*.py"), ROOT / "functions/portal/commands/checkup.py"]
    used = re.findall(r'(?:good|noted|bad)\(\s*"(\w+)", "(\w+)"', "".join(path.read_text("utf-8") for path in rooms))
    assert {code for _, code in used} == set(WORDS["found"])
    assert {about for about, _ in used} == set(WORDS["about"])


@pytest.mark.parametrize(
    ("environ", "code", "level"),
    [
        ({"PROXY": ""}, "proxy_undeclared", "bad"),
        ({}, "proxy_declared", "good"),
        ({"PROXY": "", "ADDRESS": "http://192.168.1.5:8000"}, "proxy_none", "good"),
    ],
)
def test_behind_tls_somebody_has_to_say_for_whom_it_asks(
    doctor: Doctor, environ: dict[str, str], code: str, level: str
) -> None:
    found = json.loads(doctor("--json", **environ).stdout)
    assert [(each["code"], each["level"]) for each in found if each["about"] == "proxy"] == [(code, level)]


def test_a_portal_in_order_ends_with_0(doctor: Doctor, run: Run, tmp_path: Path) -> None:
    for role in ROLES:
        given = ("--role", role, "--name", "Dewi Contoh", "--email", f"{role}@tarakankota.go.id")
        assert run("official", "appoint", *given).exit_code == 0
    result = doctor()
    assert result.exit_code == 0, result.output
    assert result.output.endswith(f"{WORDS['well']}\n")
    assert "[beres] SPF: v=spf1 mx ip4:192.0.2.7 -all." in result.output
    assert "[catatan] Salinan cadangan: belum diketahui tempatnya." in result.output


def test_what_is_amiss_is_said_with_what_to_do_and_ends_with_1(doctor: Doctor, run: Run, tmp_path: Path) -> None:
    def refuse(config: Config) -> None:
        raise MailDeferred("mail_deferred", answer=f"535 {config.smtp_host} does not know you", relay=True)

    result = doctor(log_in=refuse, BACKUPS=str(tmp_path / "none"), SMTP_HOST="relai")
    assert result.exit_code == 1
    assert "[TIDAK BERES] Relai SMTP: relai menolak atau tidak menjawab: 535 relai does not know you" in result.output
    assert "Nyalakan: systemctl enable --now portal-backup.timer" in result.output
    assert "[TIDAK BERES] Pejabat: ada 4 yang perlu diperbaiki." in result.output
    assert result.output.endswith(f"{WORDS['amiss'].format(number=3)}\n")


def test_programs_get_a_list(doctor: Doctor, run: Run) -> None:
    result = doctor("--json")
    found = {each["about"]: each for each in json.loads(result.output)}
    assert found["officials"]["level"] == "bad"
    assert found["dmarc"] == {
        "about": "dmarc",
        "code": "dmarc_found",
        "level": "good",
        "said": "_dmarc.example.go.id menolak atau menyingkirkan email palsu.",
    }


def test_a_folder_without_a_portal_is_one_finding_among_others(doctor: Doctor, tmp_path: Path) -> None:
    result = doctor()
    assert result.exit_code == 1
    assert "[TIDAK BERES] Folder data: Tidak ada portal di folder data." in result.output
    assert "[beres] DMARC" in result.output
    assert list((tmp_path / "data").iterdir()) == []


def test_settings_without_a_sender_are_refused_in_words(doctor: Doctor) -> None:
    result = doctor(SENDER="")
    assert (result.exit_code, "SENDER belum diisi" in result.stderr) == (2, True)
    assert result.stderr.count("belum diisi") == 1
