"""``make install``, into a folder: where everything lies, and that it fits together. pip and Python are played."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.config import Config
from tests.support.places import ROOT

PYTHON = '#!/bin/sh\n[ "$1" = -c ] && echo /usr/bin/python3\nexit 0\n'
PIP = '#!/bin/sh\nwhile [ "$1" != --target ]; do shift; done\nmkdir -p "$2" && touch "$2/flask.py"\n'
ADDRESS = "https://tte.example.go.id"

Install = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Install from a checkout with one file of each kind into ``tmp_path / "root"``."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "infra" / "install", checkout / "infra" / "install")
    files = {
        "functions/portal/commands/cli.py": "",
        "functions/portal/__pycache__/cli.pyc": "",
        "functions/requirements.txt": "",
        "schemas/office.toml": "",
        "build/site/index.html": "",
        "site/developers/production.md": "",
        "bin/python": PYTHON,
        "bin/pip": PIP,
    }
    for name, content in files.items():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(content)
        (checkout / name).chmod(0o755)

    def call(address: str = ADDRESS) -> "subprocess.CompletedProcess[str]":
        settings = {"PATH": os.environ["PATH"], "DESTDIR": f"{tmp_path}/root", "BIN": "bin", "ADDRESS": address}
        return subprocess.run(
            ["sh", "infra/install/install.sh"], cwd=checkout, env=settings, capture_output=True, text=True, check=False
        )

    return call


@pytest.fixture
def root(tmp_path: Path, install: Install) -> Path:
    done = install()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return tmp_path / "root"


def settings(text: str) -> dict[str, str]:
    """As a shell and systemd read them."""
    said = re.findall(r'^([A-Z_]+)=("?)(.*)\2$', text, re.MULTILINE)
    return {key: value for key, _, value in said}


def test_everything_lies_where_it_is_looked_for(root: Path) -> None:
    assert {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} == {
        "etc/portal/portal.env",
        "usr/local/bin/portal",
        "usr/local/lib/portal/build/site/index.html",
        "usr/local/lib/portal/functions/portal/commands/cli.py",
        "usr/local/lib/portal/functions/requirements.txt",
        "usr/local/lib/portal/packages/flask.py",
        "usr/local/lib/portal/schemas/office.toml",
        "usr/local/lib/systemd/system/portal.service",
        "usr/local/lib/systemd/system/portal-work.service",
        "usr/local/lib/systemd/system/portal-backup.service",
        "usr/local/lib/systemd/system/portal-backup.timer",
        "usr/local/lib/sysusers.d/portal.conf",
        "usr/local/lib/tmpfiles.d/portal.conf",
        "usr/local/share/doc/portal/Caddyfile",
        "usr/local/share/doc/portal/nginx.conf",
        "usr/local/share/doc/portal/portal.env",
        "usr/local/share/doc/portal/production.md",
    }
    assert os.access(root / "usr/local/bin/portal", os.X_OK)


def test_no_place_of_the_installation_is_left_open(root: Path) -> None:
    texts = {path.name: path.read_text() for path in root.rglob("*") if path.is_file()}
    assert {name for name, text in texts.items() if re.search(r"@[A-Z]+@", text)} == set()


def test_the_settings_are_ones_that_the_portal_takes(root: Path) -> None:
    said = settings((root / "etc/portal/portal.env").read_text())
    config = Config.from_environment(said)
    assert (config.address, config.data, config.proxy) == (ADDRESS, Path("/var/lib/portal"), "127.0.0.1")
    config.must_reach_people()


def test_every_setting_of_the_file_is_explained(root: Path) -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (root / "etc/portal/portal.env").read_text(), re.MULTILINE))
    production = (ROOT / "site" / "developers" / "production.md").read_text("utf-8")
    assert {name for name in named if f"`{name}`" not in production} == set()


def test_a_second_time_brings_new_code_and_keeps_the_settings(root: Path, install: Install) -> None:
    (root / "etc/portal/portal.env").write_text("ADDRESS=https://kantor.example\n")
    left = root / "usr/local/lib/portal/functions/portal/gone.py"
    left.touch()
    assert install().returncode == 0
    assert (root / "etc/portal/portal.env").read_text() == "ADDRESS=https://kantor.example\n"
    assert not left.exists()
    assert [path.name for path in (root / "usr/local/lib").glob("portal*")] == ["portal"]


def test_without_an_address_nothing_is_installed(install: Install, tmp_path: Path) -> None:
    refused = install(address="")
    assert refused.returncode == 2
    assert "ADDRESS= belum diisi" in refused.stderr
    assert not (tmp_path / "root").exists()


def test_the_units_start_the_installed_portal_as_its_own_user(root: Path) -> None:
    for name in ("portal", "portal-work", "portal-backup"):
        unit = (root / f"usr/local/lib/systemd/system/{name}.service").read_text()
        assert ("\nType=notify\n" in unit) == ("\nTimeoutStartSec=15min\n" in unit)
        assert "\nUser=portal\n" in unit
        assert "PYTHONPATH=/usr/local/lib/portal/functions:/usr/local/lib/portal/packages " in unit
        assert "\nExecStart=/usr/bin/python3 -m portal " in unit


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_the_units(root: Path) -> None:
    (root / "usr/bin").mkdir()
    (root / "usr/bin/python3").write_text("#!/bin/sh\n")
    (root / "usr/bin/python3").chmod(0o755)
    assert misunderstood(root) == []
    unit = root / "usr/local/lib/systemd/system/portal.service"
    unit.write_text(unit.read_text().replace("ProtectClock=", "ProtectClok="))
    assert len(misunderstood(root)) == 1


def misunderstood(root: Path) -> list[str]:
    """What systemd says of the units; not of those that a whole system would have besides."""
    units = ["portal.service", "portal-work.service", "portal-backup.service", "portal-backup.timer"]
    command = ["systemd-analyze", "verify", f"--root={root}", "--recursive-errors=no", "--man=no", *units]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()
    return [line for line in said if re.search(r"/portal[a-z-]*\.(service|timer):\d+:", line)]


def test_the_proxies_take_what_the_portal_takes_and_hang_up_on_who_is_silent(root: Path) -> None:
    from portal.commands.cli import LARGEST_BODY
    from portal.web.bodies import LIST

    doc = root / "usr/local/share/doc/portal"
    nginx, caddy = ((doc / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    uploads = nginx.partition("location = /unggah {")[2].partition("}")[0]
    assert f"client_max_body_size {LARGEST_BODY // 1024**2}m;" in uploads
    assert f"client_max_body_size {LIST // 1024**2 + 1}m;" in nginx.partition("location /")[0]
    for word in ("client_header_timeout", "client_body_timeout", "keepalive_timeout", "limit_conn portal"):
        assert word in nginx
    assert f"path /unggah\n\trequest_body @berkas {{\n\t\tmax_size {LARGEST_BODY // 1024**2}MB" in caddy
    assert f"not path /unggah\n\trequest_body @lain {{\n\t\tmax_size {LIST // 1024**2 + 1}MB" in caddy
    for word in ("read_header", "read_body", "idle"):
        assert word in caddy


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no Caddy here")
def test_caddy_understands_its_example(root: Path) -> None:
    example = root / "usr/local/share/doc/portal/Caddyfile"
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(example)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
