"""A real virus scanner: Debian's clamd, which knows one harmless signature of a test's own."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.engines.local.scanner import Clamd

PROGRAM = "/usr/sbin/clamd"

CONFIG = """
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
Foreground yes
User {owner}
StreamMaxLength 1M
LogFile {folder}/log
"""


def eicar() -> bytes:
    """The harmless text that every scanner calls a virus; never written in one piece where one would find it."""
    return b"".join([b"X5O!P%@AP[4\\PZX54(P^)", b"7CC)7}$", b"EICAR-STANDARD-ANTIVIRUS", b"-TEST-FILE!$H+H*"])


@contextmanager
def clamd() -> Iterator[str]:
    """The path of its socket. Skips the test where there is no clamd; with REQUIRE_CLAMD=1 fails it."""
    if not Path(PROGRAM).exists():
        if os.environ.get("REQUIRE_CLAMD", "0") not in ("", "0"):
            pytest.fail("there is no clamd here")
        pytest.skip("there is no clamd here")
    folder = Path(tempfile.mkdtemp(prefix="clamav"))  # a socket's path has room for a hundred characters
    signatures = folder / "signatures"
    signatures.mkdir()
    # Name, any type of file, anywhere in it, the bytes.
    (signatures / "test.ndb").write_text(f"Contoh:0:*:{eicar().hex()}\n")
    configuration = folder / "clamd.conf"
    configuration.write_text(CONFIG.format(folder=folder, owner=pwd.getpwuid(os.getuid()).pw_name))
    daemon = subprocess.Popen(
        [PROGRAM, "--config-file", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(folder / "clamd.ctl", daemon)
        yield str(folder / "clamd.ctl")
    finally:
        daemon.terminate()
        daemon.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(path: Path, daemon: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and daemon.poll() is None:
        if Clamd(str(path), patience=5).answers(datetime.now(UTC)):
            return
        time.sleep(0.1)
    log = path.parent / "log"
    raise AssertionError(f"clamd did not start: {log.read_text() if log.exists() else daemon.poll()}")
