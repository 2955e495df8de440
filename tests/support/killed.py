"""The real server killed again and again while people type: each page that was answered is there afterwards."""

import http.client
import random
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from portal.bootstrap import build
from portal.config import Config
from portal.core.errors import NotFound
from tests.support.browser_without_javascript import Page
from tests.support.people import Applicant, Mailbox
from tests.support.server import Process, rehearsal_of

KILLS: Final = 50
PEOPLE: Final = 3
DRAFT: Final = re.compile(r"/ajukan/([0-9a-f]{32})")
"""In the address of a page."""


class Survived(NamedTuple):
    kills: int
    answered: int
    """Pages of forms."""
    lost: tuple[str, ...]
    whole: bool
    """Does the database say so of itself?"""


class Types(Applicant):
    """Fills in forms, and notes what was answered."""

    def __init__(self, address: str, samples: Any, number: int, kept: dict[str, str]) -> None:
        super().__init__(address, Mailbox(address), samples, email=f"orang{number}@tarakankota.go.id")
        self.kept, self.pages = kept, 0

    def answer(self, page: Page, form: Any, whom: str, answers: Any) -> Page:
        found = super().answer(page, form, whom, answers)
        if found.status == 200 and (draft := DRAFT.search(found.url)):
            self.pages += 1
            said = form.xpath(".//*[@name='jabatan']")
            self.kept[draft[1]] = str(answers["jabatan"]) if said else self.kept.get(draft[1], "")
        return found


def killed(data: Path, kills: int, seed: int = 20261127) -> Survived:
    chance, over, kept = random.Random(seed), threading.Event(), dict[str, str]()
    samples = _samples(data)
    server = Process(data)
    server.start()
    people = [Types(server.address, samples, number, kept) for number in range(PEOPLE)]
    threads = [threading.Thread(target=_types, args=(person, over)) for person in people]
    try:
        for thread in threads:
            thread.start()
        for _ in range(kills):
            _until(people, sum(person.pages for person in people) + chance.randint(0, 4))
            time.sleep(chance.uniform(0, 0.3))
            server.kill()
            server.start()
    finally:
        over.set()
        for thread in threads:
            thread.join()
        server.kill()
    return Survived(kills, sum(person.pages for person in people), tuple(_lost(data, kept)), _is_whole(data))


def _until(people: Sequence[Types], pages: int) -> None:
    """So many have been answered: however busy the machine is, people are at it. At most half a minute."""
    until = time.monotonic() + 30
    while sum(person.pages for person in people) < pages and time.monotonic() < until:
        time.sleep(0.01)


def table(kills: int = KILLS) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        found = killed(Path(folder) / "data", kills)
    yield "| Killed | Pages answered meanwhile | Lost | Database whole |\n|---:|---:|---:|---|"
    lost, whole = f"**{len(found.lost)}**" if found.lost else 0, "yes" if found.whole else "**no**"
    yield f"| {found.kills} | {found.answered} | {lost} | {whole} |"


def _types(person: Types, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(OSError, http.client.HTTPException, AssertionError):
            person.fill_in()
        time.sleep(0.02)


def _samples(data: Path) -> Any:
    house = build(Config.from_environment({}, data=data, rehearsal=True))
    found = rehearsal_of(house).props["penerbitan"]
    house.office.records.close()  # type: ignore[attr-defined]
    return found


def _lost(data: Path, kept: dict[str, str]) -> Iterator[str]:
    house = build(Config.from_environment({}, data=data, rehearsal=True))
    for draft, post in kept.items():
        try:
            there = house.office.records.load_draft(draft).form
        except NotFound:
            yield draft
            continue
        if post and there.get("jabatan") != post:
            yield draft
    house.office.records.close()  # type: ignore[attr-defined]


def _is_whole(data: Path) -> bool:
    with closing(sqlite3.connect(data / "portal.sqlite")) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))
