"""Measures the portal under many people at once, beside a bare Flask page on the same server: build/load.md.

    make load                               # about two minutes, over loopback
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
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from bench.tables import table

from portal.bootstrap import build
from portal.config import Config
from portal.house import House
from tests.support.load_people import Crowd, Sender, ms, share
from tests.support.places import ROOT
from tests.support.server import Process, free_port

INTO: Final = ROOT / "build" / "load.md"
IDLE: Final = 120
"""Connections that are open and say nothing; every tenth sends a letter a second of a request that never ends."""

BARE: Final = """
import sys
from flask import Flask
from waitress import serve
app = Flask("bare")
app.add_url_rule("/", "bare", lambda: "Hello, world")
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=16)
"""


def measured(people: int, seconds: float, rounds: int, think: float = 6.0) -> str:
    """The whole report."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        server = Process(Path(folder) / "data")
        server.start()
        try:
            return _report(server, Path(folder) / "data", people, seconds, rounds, think)
        finally:
            server.kill()
            server.wait()


def _report(server: Process, data: Path, people: int, seconds: float, rounds: int, think: float) -> str:
    house = build(Config.from_environment({}, data=data, address=server.address, rehearsal=True))
    try:
        first = Crowd(house, server.address, 1, 0, 0)
        Sender(first, 0).apply_with_pauses()
        alone = side_by_side(server.address, first.sent[0], house, rounds)
        calm = Crowd(house, server.address, people, seconds, think)
        with idle(server.address, IDLE) as held:
            took_calm = _going(calm, server)
            still = sum(_is_open(each) for each in held)
        rush = Crowd(house, server.address, min(people, 16), seconds / 2, think=0.0)
        took_rush = _going(rush, server)
    finally:
        house.office.records.close()  # type: ignore[attr-defined]
    columns = ["", "times", "P50 ms", "P99 ms"]
    return (
        "\n\n".join(
            [
                "# Under load",
                f"On {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, {platform.machine()}, Python "
                f"{platform.python_version()}, over loopback; the people are on the same processors as the server.",
                "## One after the other",
                "Each in turn with a bare Flask page on waitress, on one connection: the median, and requests a second "
                "as a part of the bare page's.",
                table(["", "ms", "of the bare page"], alone),
                f"## {people} people with time to think, {IDLE} idle connections",
                table(columns, calm.figures.rows()),
                _said(calm, *took_calm),
                f"Of the idle connections {still} were still open.",
                f"## {rush.people} people without",
                table(columns, rush.figures.rows()),
                _said(rush, *took_rush),
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


def _going(crowd: Crowd, server: Process) -> tuple[float, float, float]:
    """Seconds that it took, and of processor those of the server and of the people."""
    before, own = server.processor(), time.process_time()
    took = crowd.go()
    return took, server.processor() - before, time.process_time() - own


def _said(crowd: Crowd, took: float, server: float, people: float) -> str:
    wrong = "; ".join(f"{what}: {times}" for what, times in sorted(crowd.figures.wrong.items())) or "nothing"
    refused = sum(times for what, times in crowd.figures.wrong.items() if what.startswith("REFUSED"))
    number, all_of_it = len(crowd.sent), took * (os.cpu_count() or 1)
    return (
        f"{number} applications sent in {took:.0f} s, {number / took:.2f} a second with {len(crowd.kinds)} documents "
        f"each. Refused: {refused}. Besides: {wrong}.\n\n"
        f"Of {all_of_it:.0f} s of processor the server took {server:.0f}, the people {people:.0f}; the rest was for "
        "the children that check files, and for what else ran here."
    )


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
    given = options.parse_args()
    (ROOT / "build").mkdir(exist_ok=True)
    text = measured(given.people, given.seconds, given.rounds)
    INTO.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
