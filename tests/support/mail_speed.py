"""How many emails a second `portal work` sends through a relay on this machine, alone and two of them: a line each."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from portal.bootstrap import build
from portal.config import Config
from portal.core.notices import notice
from portal.core.sop import APPLICANT
from tests.support.office import OFFICIALS, Office
from tests.support.places import ROOT
from tests.support.server import free_port
from tests.support.ways import SAYS

RELAY: Final = """
import sys, threading
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
threading.Event().wait()
"""


LONGEST: Final = 60.0
"""Seconds after which what has gone by then will do."""


def sent(emails: int, processes: int) -> float:
    """Emails a second."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        data, port = Path(folder) / "data", free_port()
        _owe(data, emails)
        relay = subprocess.Popen([sys.executable, "-c", RELAY, str(port)])
        given = {**os.environ, "ADDRESS": "http://localhost", "SENDER": "dkisp@tarakankota.go.id", "CLAMD": "off"}
        given |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_SECURITY": "none"}
        time.sleep(1)
        command = [sys.executable, "-m", "portal", "--data", str(data), "work"]
        workers = [subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL) for _ in range(processes)]
        try:
            return _watched(data, emails)
        finally:
            for each in workers:
                each.send_signal(signal.SIGTERM)
            for each in workers:
                each.wait()
            relay.kill()
            relay.wait()


def _owe(data: Path, emails: int) -> None:
    """Reminders of one case that was returned to its applicant."""
    office = Office(data)
    number = office.case()
    kadis = OFFICIALS[0].email
    office.act(number, kadis, "return", SAYS["return"])
    case = office.load(number)
    actor = case.applicant(office.office.sop_of(case))
    records = office.office.records
    for owed in list(records.unsent()):
        records.settle_notice(owed.dropped(office.clock()))
    records.owe(
        [
            notice(
                "still_waiting", actor, about=number, event=case.entered.number, at=office.clock(), occasion=f"day-{n}"
            )
            for n in range(emails)
        ]
    )
    records.close()  # type: ignore[attr-defined]
    assert actor.role == APPLICANT


def _watched(data: Path, emails: int) -> float:
    config = Config.from_environment({"SENDER": "dkisp@tarakankota.go.id"}, data=data, address="http://localhost")
    with closing(build(config).office.records) as records:  # type: ignore[type-var]

        def left() -> int:
            return sum(1 for _ in records.unsent())

        until = time.monotonic() + LONGEST
        while left() > emails * 0.95 and time.monotonic() < until:  # they have begun
            time.sleep(0.05)
        first, began = left(), time.perf_counter()
        while (now := left()) > emails * 0.1 and time.monotonic() < until:
            time.sleep(0.25)
        return (first - now) / (time.perf_counter() - began)


if __name__ == "__main__":
    for processes in (1, 2):
        print(f"{processes} of them: {sent(int(sys.argv[1]) if len(sys.argv) > 1 else 1500, processes):.0f} a second")
