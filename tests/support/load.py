"""Measures the portal under many people at once, beside a bare Flask page on the same server: build/load.md.

    make load                               # about six minutes, over loopback; never more than eight
    make load LOAD="--people 30 --seconds 20"

The server is a process of its own, as `portal serve` starts it. The people are threads of this process, on the same
processors: what they take is in every figure, so ratios say more than milliseconds.
"""

import argparse
import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from bench.tables import table

from portal.bootstrap import build
from portal.config import Config
from portal.house import House
from tests.support.load_people import Crowd, Sender, ms, share
from tests.support.mail_speed import sent
from tests.support.places import ROOT
from tests.support.server import Process, free_port

INTO: Final = ROOT / "build" / "load.md"
IDLE: Final = 120
"""Connections that are open and say nothing; every tenth sends a letter a second of a request that never ends."""

AT_LEISURE: Final = 30.0
"""Seconds that somebody thinks who types a form and photographs his papers. So many of those do no more than fewer who
think for less, who need no half hour to show it.
"""

BARE: Final = """
import sys
from flask import Flask
from waitress import serve
app = Flask("bare")
app.add_url_rule("/", "bare", lambda: "Hello, world")
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=16)
"""


def measured(people: int, seconds: float, rounds: int, think: float = 6.0, emails: int = 0) -> str:
    """The whole report.

    Args:
        emails: so many are sent by one `portal work` and by two; 0: none.
    """
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        server = Process(Path(folder) / "data")
        server.start()
        try:
            return _report(server, Path(folder) / "data", people, seconds, rounds, think, emails)
        finally:
            server.kill()
            server.wait()


def _report(server: Process, data: Path, people: int, seconds: float, rounds: int, think: float, emails: int) -> str:
    house = build(Config.from_environment({}, data=data, address=server.address, rehearsal=True))
    try:
        first = Crowd(house, server.address, 1, 0, 0)
        Sender(first, 0).apply_with_pauses()
        alone = side_by_side(server.address, first.sent[0], house, rounds)
        health = _health(server, rounds)
        calm = Crowd(house, server.address, people, seconds, think)
        with idle(server.address, IDLE) as held:
            took_calm = _going(calm, server)
            still = sum(_is_open(each) for each in held)
        leisure = Crowd(house, server.address, max(1, round(people * think / AT_LEISURE)), seconds / 2, think)
        took_leisure = _going(leisure, server)
        rush = Crowd(house, server.address, min(people, 16), seconds / 2, think=0.0)
        took_rush = _going(rush, server)
    finally:
        house.office.records.close()  # type: ignore[attr-defined]
    mails = {processes: sent(emails, processes) for processes in (1, 2)} if emails else {}
    beside = [
        *_of_pages(alone, health),
        *_of_people(calm, rush, took_rush.seconds),
        *_waited(leisure, f"{people} people who think for {AT_LEISURE:g} s"),
        [f"of {IDLE} idle connections still open; silent ones are let go after a minute", "", str(still), ""],
        *[[f"emails a second, {n} `portal work`", *_row(150 if n == 2 else 0, each)] for n, each in mails.items()],
    ]
    columns = ["", "times", "P50 ms", "P99 ms"]
    return (
        "\n\n".join(
            [
                "# Under load",
                f"On {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, {platform.machine()}, Python "
                f"{platform.python_version()}, over loopback; the people are on the same processors as the server.",
                "## Wanted, and what came",
                table(["", "wanted", "came", ""], beside),
                "## One after the other",
                "Each in turn with a bare Flask page on waitress, on one connection: the median, and requests a second "
                "as a part of the bare page's.",
                table(["", "ms", "of the bare page"], alone),
                f"## {people} people with time to think, {IDLE} idle connections",
                table(columns, calm.figures.rows()),
                _said(calm, took_calm),
                f"Of the idle connections {still} were still open.",
                f"## {people} people who think for {AT_LEISURE:g} s, played by {leisure.people}",
                table(columns, leisure.figures.rows()),
                _said(leisure, took_leisure),
                f"## {rush.people} people without",
                table(columns, rush.figures.rows()),
                _said(rush, took_rush),
            ]
        )
        + "\n"
    )


def side_by_side(address: str, ticket: str, house: House, rounds: int) -> list[list[str]]:
    """Name, milliseconds, and requests a second as a part of the bare page's; all in turn, round by round."""
    pages = {
        "`/sehat`": "/sehat",
        "status page": f"/status/{ticket}",
        "status as JSON": f"/status/{ticket}?format=json",
        "`/ajukan`": "/ajukan",
    }
    port = free_port()
    bare = subprocess.Popen([sys.executable, "-c", BARE, str(port)], stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        beside = f"http://127.0.0.1:{port}", address
        found = _in_turn(*beside, pages, rounds, lambda: None)
        # Another person's deed in between is what ends the keeping of a page.
        changing = {
            f"{name}, something written in between": path for name, path in pages.items() if name != "`/ajukan`"
        }
        found += _in_turn(*beside, changing, rounds, lambda: house.office.records.next_number("penerbitan", "load"))
    finally:
        bare.kill()
        bare.wait()
    return found


def _in_turn(
    bare: str, address: str, pages: Mapping[str, str], rounds: int, before: Callable[[], object]
) -> list[list[str]]:
    asked = [("bare Flask page", bare, "/"), *((name, address, path) for name, path in pages.items())]
    lines = [HTTPConnection(where.removeprefix("http://")) for _, where, _ in asked]
    took: list[list[float]] = [[] for _ in asked]
    for _ in range(rounds):
        for line, (_, _, path), so_far in zip(lines, asked, took, strict=True):
            before()
            began = time.perf_counter()
            line.request("GET", path)
            line.getresponse().read()
            so_far.append(time.perf_counter() - began)
    for line in lines:
        line.close()
    medians = [share(each, 0.5) for each in took]
    return [[name, ms(each), f"{medians[0] / each:.2f}"] for (name, *_), each in zip(asked, medians, strict=True)]


@contextmanager
def idle(address: str, number: int) -> Iterator[list[socket.socket]]:
    """So many open connections that ask for nothing; some slowly say something."""
    host, port = address.removeprefix("http://").split(":")
    held = [socket.create_connection((host, int(port))) for _ in range(number)]
    ended = threading.Event()

    def dawdle() -> None:
        while not ended.wait(1):
            for each in held[::10]:
                with suppress(OSError):
                    each.send(b"G")

    slow = threading.Thread(target=dawdle, daemon=True)
    slow.start()
    try:
        yield held
    finally:
        ended.set()
        slow.join()
        for each in held:
            each.close()


def _is_open(held: socket.socket) -> bool:
    held.setblocking(False)
    try:
        return bool(held.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


@dataclass(frozen=True)
class Took:
    """Seconds, and of processor those of the server, of the people, and of all that ran on this machine."""

    seconds: float
    server: float
    people: float
    machine: float


def _going(crowd: Crowd, server: Process) -> Took:
    before, own, busy = server.processor(), time.process_time(), _busy()
    took = crowd.go()
    return Took(took, server.processor() - before, time.process_time() - own, _busy() - busy)


def _busy() -> float:
    """Seconds of processor that were used on this machine, by whomever."""
    user, nice, system, _idle, _waiting, *others = Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:8]
    return sum(map(int, (user, nice, system, *others))) / os.sysconf("SC_CLK_TCK")


def _said(crowd: Crowd, took: Took) -> str:
    wrong = "; ".join(f"{what}: {times}" for what, times in sorted(crowd.figures.wrong.items())) or "nothing"
    number, there = len(crowd.sent), took.seconds * (os.cpu_count() or 1)
    each = 1000 / max(1, number)
    rest = took.machine - took.server - took.people
    return (
        f"{number} applications sent in {took.seconds:.0f} s, {number / took.seconds:.2f} a second with "
        f"{len(crowd.kinds)} documents each. Refused: {_refused(crowd)}. Besides: {wrong}.\n\n"
        f"Of {there:.0f} s of processor {took.machine:.0f} were used: by the server {took.server:.0f}, "
        f"by the people {took.people:.0f}, by the children that check files and by whatever else ran here {rest:.0f}. "
        f"That is {took.server * each:.0f}, {took.people * each:.0f} and {rest * each:.0f} ms an application; with all "
        f"processors busy at that, {there / took.seconds / max(0.001, took.machine * each / 1000):.1f} a second is the "
        "most that this machine can do."
    )


def _refused(crowd: Crowd) -> int:
    return sum(times for what, times in crowd.figures.wrong.items() if what.startswith("REFUSED"))


def _health(server: Process, rounds: int) -> float:
    """Milliseconds of the server's processor for ``/sehat``."""
    line, before = HTTPConnection(server.address.removeprefix("http://")), server.processor()
    for _ in range(rounds):
        line.request("GET", "/sehat")
        line.getresponse().read()
    line.close()
    return (server.processor() - before) * 1000 / rounds


# --- what was wanted, beside what came -------------------------------------------------------------------------------


def _of_pages(alone: list[list[str]], health: float) -> Iterator[list[str]]:
    came = {name: float(part) for name, _, part in alone}
    for name, wanted in (("status page", 0.3), ("status as JSON", 0.6), ("`/ajukan`", 0.3)):
        yield [f"{name}, of a bare Flask page", *_row(wanted, came[name], 2)]
    yield ["`/sehat`, ms of processor", "≤ 1", f"{health:.2f}", _kept(health <= 1)]


def _of_people(calm: Crowd, rush: Crowd, seconds: float) -> Iterator[list[str]]:
    refused = _refused(calm) + _refused(rush)
    yield ["checks refused", "0", str(refused), _kept(refused == 0)]
    yield [f"applications a second, {len(rush.kinds)} documents each", *_row(3.5, len(rush.sent) / seconds, 2)]
    yield from _waited(calm, f"{calm.people} people")


def _waited(crowd: Crowd, people: str) -> Iterator[list[str]]:
    for name, most in (("document uploaded and checked", 500), ("sent", 190), ("official: decision", 100)):
        took = crowd.figures.took.get(name)
        came = share(took, 0.99) * 1000 if took else float("nan")
        yield [f"{name}, {people}: P99 ms", f"≤ {most}", f"{came:,.0f}", _kept(came <= most)]


def _row(wanted: float, came: float, digits: int = 0) -> list[str]:
    return [f"≥ {wanted}" if wanted else "", f"{came:.{digits}f}", _kept(came >= wanted) if wanted else ""]


def _kept(is_kept: bool) -> str:
    return "met" if is_kept else "**not met**"


def _wait(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
                return
        except OSError:
            time.sleep(0.05)


def main() -> None:
    options = argparse.ArgumentParser(description="How the portal does with many people at once.")
    options.add_argument("--people", type=int, default=100)
    options.add_argument("--seconds", type=float, default=60, help="how long they go on applying")
    options.add_argument("--rounds", type=int, default=300, help="of the pages one after the other")
    options.add_argument("--emails", type=int, default=1500, help="sent by one and by two processes; 0: none")
    given = options.parse_args()
    (ROOT / "build").mkdir(exist_ok=True)
    text = measured(given.people, given.seconds, given.rounds, emails=given.emails)
    INTO.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
