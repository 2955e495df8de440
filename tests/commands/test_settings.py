"""Settings: where each arrives, and which is named when it says something else."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal.config import Bounces, Config
from portal.core.errors import SettingInvalid
from tests.support.command_line import Run, serve
from tests.support.places import SCHEMAS
from tests.support.server import free_port


def test_every_variable_arrives_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "sandi").write_text(" rahasia \n")
    (tmp_path / "imap").write_text("rahasia juga\n")
    config = Config.from_environment(
        {
            "SERVICE": "/srv/schemas/penerbitan",
            "DATA": "/srv/data",
            "ADDRESS": "https://tte.tarakankota.go.id/",
            "SITE": "/srv/site",
            "REHEARSAL": "1",
            "PROXY": "10.0.0.2",
            "SMTP_HOST": "relai",
            "SMTP_PORT": "465",
            "SMTP_USER": "portal",
            "SMTP_PASSWORD_FILE": str(tmp_path / "sandi"),
            "SMTP_SECURITY": "ssl",
            "SENDER": "Portal <portal@tarakankota.go.id>",
            "ALERT": "/usr/local/bin/kirim-pesan 0812",
            "BOUNCES": "imaps://tte@tarakankota.go.id@imap.tarakankota.go.id/INBOX",
            "BOUNCES_PASSWORD_FILE": str(tmp_path / "imap"),
            "RETURN_PATH": "tte+{}@tarakankota.go.id",
        }
    )
    assert config == Config(
        schemas=Path("/srv/schemas"),
        services=("penerbitan",),
        data=Path("/srv/data"),
        address="https://tte.tarakankota.go.id",
        site=Path("/srv/site"),
        rehearsal=True,
        proxy="10.0.0.2",
        smtp_host="relai",
        smtp_port=465,
        smtp_user="portal",
        smtp_password="rahasia",
        smtp_security="ssl",
        sender="Portal <portal@tarakankota.go.id>",
        alert="/usr/local/bin/kirim-pesan 0812",
        bounces=Bounces("imap.tarakankota.go.id", 993, "tte@tarakankota.go.id", "INBOX", encrypted=True),
        bounces_password="rahasia juga",
        return_path="tte+{}@tarakankota.go.id",
    )
    assert "rahasia" not in repr(config)


def test_empty_variables_are_as_good_as_none() -> None:
    names = (
        "SERVICE",
        "SERVICES",
        "SCHEMAS",
        "DATA",
        "ADDRESS",
        "SITE",
        "REHEARSAL",
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_SECURITY",
        "SENDER",
        "BOUNCES",
        "BOUNCES_PASSWORD_FILE",
        "RETURN_PATH",
    )
    config = Config.from_environment(dict.fromkeys((*names, "SMTP_PASSWORD_FILE"), ""))
    assert config == Config.from_environment({})
    assert (config.rehearsal, config.smtp_security, config.smtp_port) == (False, "starttls", 25)
    assert (config.schemas, config.services) == (SCHEMAS, ())


def test_the_command_line_goes_before_the_environment() -> None:
    environ = {"DATA": "/srv/data", "ADDRESS": "https://a.example", "REHEARSAL": "1"}
    config = Config.from_environment(environ, data=Path("x"), address="https://b.example/", rehearsal=None)
    assert (config.data, config.address, config.rehearsal) == (Path("x"), "https://b.example", True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REHEARSAL", "false"),
        ("REHEARSAL", "ya"),
        ("SMTP_PORT", "smtp"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "65536"),
        ("SMTP_SECURITY", "tls"),
        ("ALERT", "kirim 'pesan"),
        ("SMTP_PASSWORD_FILE", "/tidak/ada"),
        ("BOUNCES_PASSWORD_FILE", "/tidak/ada"),
        ("BOUNCES", "pop3://tte@imap.example.go.id/INBOX"),
        ("BOUNCES", "imaps://imap.example.go.id/INBOX"),
        ("BOUNCES", "imaps://tte@imap.example.go.id"),
        ("BOUNCES", 'imaps://"tte"@imap.example.go.id/INBOX'),
        ("BOUNCES", 'imaps://tte@imap.example.go.id/IN"BOX'),
        ("RETURN_PATH", "tte"),
        ("RETURN_PATH", "tte{}@example.go.id"),
        ("RETURN_PATH", "tte+{}{}@example.go.id"),
        ("RETURN_PATH", "tte+{}@{}.example.go.id"),
        ("RETURN_PATH", "Portal <tte+{}@example.go.id>"),
        ("RETURN_PATH", "pemberitahuan-surat-elektronik-tte+{}@example.go.id"),
        ("ADDRESS", "tte.tarakankota.go.id"),
        ("ADDRESS", "https://tte.tarakankota.go.id/portal"),
        ("ADDRESS", "https://"),
    ],
)
def test_a_variable_that_says_something_else_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refusal:
        Config.from_environment({variable: value})
    assert (refusal.value.code, refusal.value.facts["key"]) == ("setting_invalid", variable)
    assert refusal.value.facts["value"] == re.sub("//.*@", "//...@", value)
    assert refusal.value.facts["expected"]


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("imaps://tte@imap.example.go.id/INBOX", ("imap.example.go.id", 993, "tte", "INBOX", True)),
        (
            "imap://tte%40example.go.id@localhost:1143/Pantulan",
            ("localhost", 1143, "tte@example.go.id", "Pantulan", False),
        ),
    ],
)
def test_a_mailbox_is_an_address_with_its_user_and_folder(tmp_path: Path, text: str, mailbox: Any) -> None:
    (tmp_path / "imap").write_text("rahasia")
    environ = {"BOUNCES": text, "BOUNCES_PASSWORD_FILE": str(tmp_path / "imap")}
    assert Config.from_environment(environ).bounces == Bounces(*mailbox)


def test_a_password_has_no_place_in_an_address_and_is_not_shown_again() -> None:
    with pytest.raises(SettingInvalid) as refusal:
        Config.from_environment({"BOUNCES": "imaps://tte:raha@sia@imap.example.go.id/INBOX"})
    assert refusal.value.facts["value"] == "imaps://...@imap.example.go.id/INBOX"
    with pytest.raises(SettingInvalid) as refusal:
        Config.from_environment({"BOUNCES": "imaps://tte@imap.example.go.id/INBOX"})
    assert (refusal.value.code, refusal.value.facts["key"]) == ("setting_missing", "BOUNCES_PASSWORD_FILE")


@pytest.mark.parametrize("variable", ["SENDER", "ADDRESS"])
def test_without_sender_or_address_nothing_is_served_for_real(tmp_path: Path, variable: str) -> None:
    given = {"SENDER": "portal@tarakankota.go.id", "ADDRESS": "https://tte.tarakankota.go.id", variable: ""}
    started = serve(tmp_path, free_port(), **given)
    try:
        _, errors = started.communicate(timeout=15)
    finally:
        started.kill()
    assert started.returncode == 2
    assert errors.startswith(f"Setelan kurang: {variable} belum diisi. Contohnya: ")


@pytest.mark.parametrize(("sender", "rehearsal"), [("Portal", ""), ("Portal <>", "0"), ("tarakankota.go.id", "")])
def test_a_sender_without_an_address_is_none(sender: str, rehearsal: str) -> None:
    with pytest.raises(SettingInvalid):
        Config.from_environment({"SENDER": sender, "REHEARSAL": rehearsal}).must_reach_people()
    Config.from_environment({"SENDER": sender, "REHEARSAL": "1"}).must_reach_people()
    Config.from_environment({"SENDER": "Portal <portal@tarakankota.go.id>"}).must_reach_people()


def test_a_wrong_setting_is_told_in_words(run: Run) -> None:
    result = run("official", "list", SMTP_PORT="dua")
    assert (result.exit_code, result.stderr) == (
        2,
        "Setelan belum sesuai: SMTP_PORT berisi dua; yang diharapkan: 1-65535\n",
    )
