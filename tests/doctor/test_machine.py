"""What is made of a folder, a clock and a site."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.core.errors import MailDeferred
from portal.doctor import machine, reach
from portal.web.bodies import UPLOAD

ADDRESS = "https://tte.example.go.id"
AT = datetime(2026, 11, 27, 3, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    kept = tmp_path / "data"
    (kept / "berkas").mkdir(parents=True, mode=0o700)
    kept.chmod(0o700)
    for name in ("kunci", "berkas/surat"):
        (kept / name).touch(0o600)
    return kept


def test_a_folder_of_one_owner_is_good(data: Path) -> None:
    assert machine.owners(data).code == "owner_one"
    assert machine.disk(data).about == "disk"


@pytest.mark.parametrize("name", ["", "kunci", "berkas"])
def test_what_others_may_read_is_said(data: Path, name: str) -> None:
    (data / name).chmod(0o755)
    found = machine.owners(data)
    assert (found.code, found.facts["path"]) == ("mode_open", data / name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_that_somebody_else_left_is_said(data: Path) -> None:
    os.chown(data / "berkas" / "surat", 12345, -1)
    found = machine.owners(data)
    assert (found.code, found.facts["path"], found.facts["owner"]) == ("owner_other", data / "berkas/surat", "12345")


def test_a_password_that_everybody_may_read_is_said(tmp_path: Path) -> None:
    secret = tmp_path / "smtp"
    secret.touch()
    secret.chmod(0o640)
    assert machine.secrets({"SMTP_PASSWORD_FILE": str(secret)}).level == "good"
    secret.chmod(0o644)
    assert machine.secrets({"SMTP_PASSWORD_FILE": str(secret)}).code == "secret_open"


@pytest.mark.parametrize(("hours", "code"), [(1, "backups_young"), (30, "backups_young"), (31, "backups_stale")])
def test_the_newest_backup_counts(tmp_path: Path, hours: int, code: str) -> None:
    for name, age in {"new.zip": hours, "old.zip": 900, "other.txt": 0}.items():
        (tmp_path / name).touch()
        made = (AT - timedelta(hours=age)).timestamp()
        os.utime(tmp_path / name, (made, made))
    found = machine.backups(tmp_path, AT)
    assert (found.code, found.facts["hours"]) == (code, hours)


def test_no_backup_is_said(tmp_path: Path) -> None:
    assert machine.backups(tmp_path / "none", AT).code == "backups_none"
    assert machine.backups(None, AT).level == "noted"


@pytest.mark.parametrize(("is_set", "level"), [(True, "good"), (False, "bad"), (None, "noted")])
def test_a_clock_that_nobody_sets_is_bad(is_set: bool | None, level: str) -> None:
    assert machine.clock(is_set).level == level


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (f'<link rel="canonical" href="{ADDRESS}/">', "site_ours"),
        ('<link rel="canonical" href="https://other.example/">', "site_other"),
        ("<p>rehearsal</p>", "site_other"),
        ("", "site_none"),
    ],
)
def test_a_site_of_another_address_is_said(tmp_path: Path, page: str, code: str) -> None:
    (tmp_path / "index.html").write_text(page)
    assert machine.site(tmp_path, ADDRESS).code == code
    assert machine.site(None, ADDRESS).code == "site_none"


def test_a_relay_that_refuses_is_quoted() -> None:
    def refuse() -> None:
        raise MailDeferred("mail_deferred", answer="535 bad login", relay=True)

    assert reach.relay(refuse, "relai").facts["answer"] == "535 bad login"
    assert reach.relay(lambda: None, "relai").level == "good"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, b'{"ok":true}'), "public_well"),
        ((200, b'{"ok":false}'), "public_busy"),
        ((503, b'{"ok":false}'), "public_ill"),
        ((200, b"<p>Welcome to nginx</p>"), "public_other"),
        ((404, b"[]"), "public_other"),
    ],
)
def test_whoever_answers_at_the_address_is_told_apart(answer: tuple[int, bytes], code: str) -> None:
    assert reach.public(lambda address: answer, ADDRESS).code == code


def test_an_address_that_nobody_answers_or_that_is_open_is_bad() -> None:
    def refuse(address: str) -> tuple[int, bytes]:
        raise OSError("certificate has expired")

    assert reach.public(refuse, ADDRESS).facts["problem"] == "certificate has expired"
    assert reach.public(refuse, "http://tte.example.go.id").code == "public_open"


# --- what stands in front ---


@pytest.mark.parametrize(("status", "code"), [(0, "uploads_taken"), (403, "uploads_taken"), (413, "uploads_cut")])
def test_a_proxy_that_cuts_uploads_off_is_said(status: int, code: str) -> None:
    asked: list[tuple[str, int]] = []

    def offer(address: str, size: int) -> int:
        asked.append((address, size))
        return status

    assert reach.uploads(offer, ADDRESS).code == code
    assert asked == [(ADDRESS, UPLOAD)]


def test_what_does_not_answer_cannot_be_looked_at() -> None:
    def silent(address: str, size: int) -> int:
        raise OSError("refused")

    assert reach.uploads(silent, ADDRESS).level == "noted"
    assert reach.uploads(silent, "http://tte.example.go.id").code == "uploads_unknown"
