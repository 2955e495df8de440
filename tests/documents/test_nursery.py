"""Children that are forked from a process which touches no file: each alone, and its end told by its warden."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from portal.core.errors import Unavailable
from portal.documents import inspection, nursery
from portal.documents.nursery import LATE, Nursery
from portal.documents.waiting import Places
from tests.support import document_specimens as specimens
from tests.support.inspecting import inspect
from tests.support.places import ROOT

PROGRAM = """
import os, signal, socket, sys, time
from portal.documents.nursery import bear
memory, FORKING = [], os.getpid()
def work(child):
    asked = child.makefile("rb").read().decode()
    memory.append(asked)
    if asked == "sleep":
        time.sleep(60)
    if asked == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if asked == "fail":
        raise ValueError
    if asked == "whose":
        child.sendall(f"{FORKING} ".encode())
    child.sendall(repr(memory).encode())
    os._exit(3 if asked == "three" else 0)
bear(socket.socket(fileno=0), work, 0.5)
"""


@pytest.fixture
def children() -> Iterator[Nursery]:
    path = {"PYTHONPATH": str(ROOT / "functions")}
    found = Nursery([sys.executable, "-c", PROGRAM], lambda: path, seconds=20)
    yield found
    found.close()


def test_each_knows_nothing_of_what_others_were_handed(children: Nursery) -> None:
    with ThreadPoolExecutor(4) as people:
        said = list(people.map(lambda number: children.ask(f"file {number}".encode()), range(12)))
    assert said == [(0, repr([f"file {number}"]).encode()) for number in range(12)]


def test_how_each_ended_is_told_and_keeps_no_other_from_its_turn(children: Nursery) -> None:
    ends = [children.ask(asked)[0] for asked in (b"three", b"die", b"fail", b"sleep", b"well")]
    assert ends == [3, -signal.SIGSEGV, 1, LATE, 0]


def test_large_files_come_and_go_whole(children: Nursery) -> None:
    asked = "x" * 5_000_000
    assert children.ask(asked.encode())[1] == repr([asked]).encode()


def test_it_is_started_anew_after_a_number_of_files_and_when_it_was_killed(
    children: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nursery, "AT_MOST", 2)
    forking = [_forking(children) for _ in range(4)]
    assert forking[0] == forking[1] != forking[2] == forking[3]
    os.kill(forking[3], signal.SIGKILL)
    for _ in range(100):  # it may take an order still that nobody carries out
        try:
            assert children.ask(b"well")[0] == 0
            return
        except OSError:
            time.sleep(0.01)
    raise AssertionError("it was not started anew")


def test_when_none_can_be_started_this_machine_is_to_blame(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Nursery([sys.executable, "-c", "raise SystemExit(1)"], dict, seconds=5)
    monkeypatch.setattr(inspection, "_children", lambda: (Places(1), broken))
    with pytest.raises(Unavailable):
        inspect(specimens.pdf())
    broken.close()
    missing = Nursery(["/does/not/exist"], dict, seconds=5)
    with pytest.raises(OSError, match="exist"):
        missing.ask(b"")


def test_whoever_looks_comes_before_whoever_sends() -> None:
    places, inside, came = Places(1), ExitStack(), list[str]()
    inside.enter_context(places.place(first=False, patience=0))

    def come(who: str, first: bool) -> None:
        with places.place(first=first, patience=60):
            came.append(who)

    people = [threading.Thread(target=come, args=(who, who == "official")) for who in ("applicant", "official")]
    people[0].start()
    people[1].start()
    while not places._before:
        time.sleep(0.001)
    inside.close()
    for each in people:
        each.join(timeout=60)
    assert came == ["official", "applicant"]


def test_a_place_is_waited_for_no_longer_than_that() -> None:
    places = Places(1)
    with places.place(first=True, patience=0), pytest.raises(TimeoutError), places.place(first=True, patience=0.01):
        pass
    with places.place(first=False, patience=0):
        pass


def _forking(children: Nursery) -> int:
    """The process that forks."""
    return int(children.ask(b"whose")[1].split()[0])


def test_whoever_looks_at_a_file_lets_whoever_answers_a_page_go_first() -> None:
    program = "import os; from portal.documents.__main__ import _limit_child; _limit_child(5, 2**30); print(os.nice(0))"
    path = {**os.environ, "PYTHONPATH": str(ROOT / "functions")}
    said = subprocess.run([sys.executable, "-c", program], env=path, capture_output=True, text=True, check=True).stdout
    assert int(said) == os.nice(0) + 5
