"""How far a move is, in a folder of the data folder: read by the next run after a kill, gone once all is over."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from portal.core.errors import NotMoved
from portal.engines.local.condition import MOVING
from portal.engines.local.database import private
from portal.engines.moving import Pin, Sums

STATE: Final = "keadaan.json"
PINS: Final = "berkas.jsonl"
LOCK: Final = "kunci-kerja"


class FolderJournal:
    """``relocation.Journal``.

    Args:
        data: the data folder that is one of the two ends.
        way: from where to where; a move that was begun is only gone on with the same way.
        begun: when it begins, if it does now.

    Raises:
        NotMoved: ``move_elsewhere``: another move was begun here.
    """

    def __init__(self, data: Path, way: Mapping[str, str], begun: datetime) -> None:
        self._folder, self._way = data / MOVING, dict(way)
        self.begun, self.is_marked, self.is_checked, self.place, self.is_over = begun, False, False, "", False
        self.pins: dict[Pin, str] = {}
        self.sums = Sums()
        if is_begun(data):
            self._read()

    def keep(self) -> None:
        """Whole at any moment."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        said = {"begun": self.begun.isoformat(), "is_marked": self.is_marked, "is_checked": self.is_checked}
        said |= {"place": self.place, "is_over": self.is_over, "sums": asdict(self.sums), "way": self._way}
        unfinished = private(self._folder / f".{STATE}")
        unfinished.write_text(json.dumps(said), "utf-8")
        unfinished.replace(self._folder / STATE)

    def pinned(self, pin: Pin, version: str) -> None:
        self.pins[pin] = version
        with private(self._folder / PINS).open("a", encoding="utf-8") as file:
            file.write(json.dumps([*pin, version]) + "\n")

    def forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> None:
        said = json.loads((self._folder / STATE).read_text("utf-8"))
        if said["way"] != self._way:
            raise NotMoved("move_elsewhere", value=" ".join(said["way"].values()))
        self.begun = datetime.fromisoformat(said["begun"])
        self.is_marked = said.get("is_marked", said["is_checked"])  # an earlier portal noted nothing before
        self.is_checked, self.place, self.is_over = said["is_checked"], said["place"], said["is_over"]
        self.sums = Sums(**said["sums"])
        if (self._folder / PINS).exists():
            for line in (self._folder / PINS).read_text("utf-8").splitlines():
                if line.endswith("]"):  # not one that was cut short
                    key, pinned, version = json.loads(line)
                    self.pins[key, pinned] = version


def is_begun(data: Path) -> bool:
    return (data / MOVING / STATE).exists()


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Of several moves of one data folder one at a time. Raises NotMoved (``move_at_work``)."""
    (data / MOVING).mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(data / MOVING / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as problem:
        raise NotMoved("move_at_work") from problem
    finally:
        os.close(descriptor)
