"""An office's bad week, rehearsed: install, run, kill, restore, upgrade, move to AWS (as moto plays it) and back.

    make drill                      # build/drill.md; some minutes, over loopback, nothing outside of build/

What is installed runs from a root of its own (DESTDIR), as `make install` lays it down and with its own packages.
Units and users are for a machine with systemd; `tests/commands/test_install.py` looks at them. One that fails
ends it.
"""

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.tables import table

from tests.support.places import ROOT
from tests.support.server import free_port

INTO: Final = ROOT / "build" / "drill.md"
ADDRESS: Final = "https://tte.example.go.id"
OLD: Final = "a007691"
"""A portal of before, whose folder is upgraded: its tables are of an earlier version."""

WITHOUT_PAUSE: Final = "from portal.commands.cli import main; main(obj={'pause': lambda _: None})"
"""The command line, but a move does not wait for functions: none is at work here."""


class Failed(Exception):
    """A step did not end as it has to; says how."""


class Drill:
    """The steps, one after the other.

    Args:
        folder: for all of it.
        old: a commit, or empty.
        applications: how full the office is.
        tools: where the installation finds ``python`` and ``pip``.
        kills: so many.
    """

    def __init__(
        self, folder: Path, old: str, applications: int, tools: Path = Path(sys.executable).parent, kills: int = 3
    ) -> None:
        self.folder, self.old, self.applications = folder, old, applications
        self.tools, self.kills = tools, kills
        self.root, self.data = folder / "root", folder / "data"
        self.lib = self.root / "usr/local/lib/portal"
        self.steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("install into a clean root", self.install),
            ("fill an office, serve it, and write to it", self.serve),
            ("kill -9 while somebody writes, three times", self.kill),
            ("back up while it runs", self.back_up),
            ("lose the disk, and restore", self.restore),
            ("upgrade a folder of an older portal", self.upgrade),
            ("move to AWS, killed once on the way", self.leave),
            ("move back into a new folder", self.come_back),
            ("serve what came back", self.serve_again),
        )

    # --- steps -----------------------------------------------------------------------------------------------------

    def install(self) -> str:
        given = {**os.environ, "DESTDIR": str(self.root), "ADDRESS": ADDRESS, "BIN": str(self.tools)}
        _run(["sh", "infra/install/install.sh"], given)
        files = sum(path.is_file() for path in self.root.rglob("*"))
        return f"{files} files; owner and units are for a real machine"

    def serve(self) -> str:
        self.portal("rehearse", "--applications", str(self.applications))
        with Serving(self, self.data) as serving:
            status = serving.get("/sehat")
        return f"{self.applications} applications, /sehat {status}, ended by SIGTERM with {serving.ended}"

    def kill(self) -> str:
        acknowledged = 0
        for _ in range(self.kills):
            with Serving(self, self.data, kill=True) as serving:
                writer = subprocess.Popen(  # something that writes as fast as it can
                    [sys.executable, "-c", _WRITER, str(self.data)],
                    env=self.environment(),
                    stdout=subprocess.PIPE,
                    text=True,
                )
                assert writer.stdout
                writer.stdout.readline()
                serving.get("/sehat")
                time.sleep(0.3)
                writer.kill()
                acknowledged = max(acknowledged, *map(int, writer.communicate()[0].split()))
        with closing(sqlite3.connect(self.data / "portal.sqlite")) as database:
            (kept,) = database.execute("SELECT number FROM counter WHERE series = 'latihan'").fetchone()
        if kept < acknowledged:
            raise Failed(f"{acknowledged} writes were acknowledged, and {kept} are there")
        return f"all of {acknowledged} acknowledged writes are there; {self.verified(self.data)}"

    def back_up(self) -> str:
        with Serving(self, self.data):
            self.portal("backup", str(self.folder / "cadangan.zip"), "--keys", str(self.folder / "kunci"))
        return f"{(self.folder / 'cadangan.zip').stat().st_size:,} bytes"

    def restore(self) -> str:
        before = self.verified(self.data)
        shutil.rmtree(self.data)
        self.data.mkdir()
        self.portal("restore", str(self.folder / "cadangan.zip"), "--keys", str(self.folder / "kunci"))
        after = self.verified(self.data)
        if before != after:
            raise Failed(f"before: {before}; after: {after}")
        return after

    def upgrade(self) -> str:
        checkout, data = self.folder / "old", self.folder / "old-data"
        packed = subprocess.run(
            ["git", "archive", self.old, "functions", "schemas"], cwd=ROOT, capture_output=True, check=False
        )
        if not self.old or packed.returncode:
            return "not tried: there is no such commit here"
        checkout.mkdir()
        subprocess.run(["tar", "x"], input=packed.stdout, cwd=checkout, check=True)
        given = {**self.environment(), "PYTHONPATH": str(checkout / "functions")}
        _run([sys.executable, "-m", "portal", "--data", str(data), "rehearse", "--applications", "5"], given, checkout)
        with Serving(self, data) as serving:
            serving.get("/rekap")
        copies = [path.name for path in data.glob("portal.sqlite.[0-9]*")]
        return f"{self.verified(data)} the tables as they were are kept in {', '.join(copies) or 'no copy'}"

    def leave(self) -> str:
        from cloud import cloud

        self._cloud = cloud(ADDRESS)
        self._aws = self._cloud.__enter__()
        moving = subprocess.Popen(self.moving(self.data, "aws"), env=self.aws(), stdout=subprocess.DEVNULL)
        while moving.poll() is None and not (self.data / "pindahan" / "berkas.jsonl").exists():
            time.sleep(0.01)
        moving.send_signal(signal.SIGKILL)
        moving.wait()
        cut = "" if moving.returncode == 0 else "cut short, gone on with; "
        return cut + _run(self.moving(self.data, "aws"), self.aws()).splitlines()[-2]

    def come_back(self) -> str:
        try:
            return _run(self.moving(self.folder / "baru", "local"), self.aws()).splitlines()[-2]
        finally:
            self._cloud.__exit__(None, None, None)

    def serve_again(self) -> str:
        with Serving(self, self.folder / "baru") as serving:
            status = serving.get("/sehat")
        return f"/sehat {status}; {self.verified(self.folder / 'baru')}"

    # --- hands -----------------------------------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        """Nothing of this checkout: the installed code, with the packages installed beside it."""
        path = f"{self.lib}/functions:{self.lib}/packages"
        given = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONSAFEPATH": "1", "ADDRESS": ADDRESS}
        return {**given, "SENDER": "Portal <portal@example.go.id>", "CLAMD": "off", "PROXY": "127.0.0.1"}

    def aws(self) -> dict[str, str]:
        """This checkout, as an installed portal has none of AWS's libraries (`make aws`)."""
        here = {**os.environ, "PYTHONPATH": str(ROOT / "functions"), "ADDRESS": ADDRESS}
        keys = {"AWS_ACCESS_KEY_ID": "rehearsal", "AWS_SECRET_ACCESS_KEY": "rehearsal"}
        where = {"AWS_ENDPOINT_URL": self._aws.endpoint, "AWS_DEFAULT_REGION": "ap-southeast-3"}
        stack = {"TABLE": self._aws.stack.resources["Table"], "DOCUMENT_BUCKET": self._aws.bucket}
        return {**here, **keys, **where, **stack, "LINK_KEYS_PARAMETER": "/portal/link-keys"}

    def moving(self, data: Path, to: str) -> list[str]:
        return [sys.executable, "-c", WITHOUT_PAUSE, "--data", str(data), "move", "--to", to]

    def portal(self, *arguments: str, data: Path | None = None) -> str:
        command = [sys.executable, "-m", "portal", "--data", str(data or self.data), *arguments]
        return _run(command, self.environment(), self.lib)

    def verified(self, data: Path) -> str:
        return self.portal("verify", "--all", data=data).splitlines()[-1]


_WRITER: Final = """
import sys
from pathlib import Path
from portal.engines.local.records import SqliteRecords
records = SqliteRecords(Path(sys.argv[1]) / "portal.sqlite", ["penerbitan"])
while True:
    print(records.next_number("penerbitan", "latihan"), flush=True)
"""


class Serving:
    """The installed portal, serving; ended by SIGTERM, or killed."""

    def __init__(self, drill: Drill, data: Path, *, kill: bool = False) -> None:
        self._drill, self._data, self._kill, self.ended = drill, data, kill, 0
        self.port = free_port()

    def __enter__(self) -> "Serving":
        command = [sys.executable, "-m", "portal", "--data", str(self._data), "serve", "--port", str(self.port)]
        given = {**self._drill.environment(), "REHEARSAL": "1" if (self._data / "kotak-surat.sqlite").exists() else "0"}
        self._process = subprocess.Popen(
            command, env=given, cwd=self._drill.lib, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.get("/sehat")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self._process.kill()
        raise Failed(f"it does not serve: {self._process.communicate()[1][-400:]}")

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGKILL if self._kill else signal.SIGTERM)
        self._process.communicate(timeout=60)
        self.ended = self._process.returncode
        if not self._kill and self.ended:
            raise Failed(f"SIGTERM ended it with {self.ended}")

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return int(answer.status)


def _run(command: list[str], environment: Mapping[str, str], folder: Path = ROOT) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command[-3:])} ended with {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
    return done.stdout


def drilled(old: str, applications: int) -> tuple[str, bool]:
    """The table, and whether every step ended as it has to."""
    rows, well = [], True
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        for name, step in Drill(Path(folder), old, applications).steps:
            began = time.monotonic()
            try:
                found = step()
            except (Failed, OSError, AssertionError) as problem:
                found, well = f"**failed**: {problem}", False
            rows.append((name, " ".join(found.split()), f"{time.monotonic() - began:.0f}"))
            print(" | ".join(rows[-1]), flush=True)
            if not well:
                break
    return table(("Step", "What was seen", "Seconds"), rows), well


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--old", default=OLD, help="commit of the older portal")
    options.add_argument("--applications", type=int, default=20)
    given = options.parse_args()
    said, well = drilled(given.old, given.applications)
    INTO.write_text(f"# Drill\n\n{said}\n", "utf-8")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
