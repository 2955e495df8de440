"""The office's own way of being called (ALERT): a command that gets one line, once for each outage of the mail."""

import logging
import shlex
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from portal.core.outage import Outage

log = logging.getLogger(__name__)

PATIENCE: Final = 30
"""Seconds that the command may take."""

LINE: Final = "{}"
"""Stands for the line among the command's words; it is on its standard input in any case."""


class Alarm:
    """Calls once for each outage, also if the portal is started again meanwhile.

    Args:
        command: its words, as a shell would split them; no shell is asked, so nothing in it is more than a word.
        noted: a file that says of which outage somebody has been called; gone while there is none.
        line: what is said of an outage: no personal data.
    """

    def __init__(self, command: str, noted: Path, line: Callable[[Outage], str]) -> None:
        self._words = shlex.split(command)
        self._noted = noted
        self._line = line

    def __call__(self, outage: Outage | None, now: datetime) -> None:
        if outage is None:
            self._noted.unlink(missing_ok=True)
        elif outage.lasts(now) and not self._noted.exists():
            # First, so that a command which calls and then fails calls once and not every minute.
            self._noted.write_text(outage.since.isoformat(), "utf-8")
            self._call(" ".join(self._line(outage).split()))

    def _call(self, line: str) -> None:
        words = [line if word == LINE else word for word in self._words]
        try:
            ended = subprocess.run(  # noqa: S603
                words, input=f"{line}\n", text=True, timeout=PATIENCE, capture_output=True, check=False
            )
        except (OSError, subprocess.SubprocessError) as problem:
            log.error("ALERT could not be run: %s", type(problem).__name__)
        else:
            if ended.returncode:
                log.error("ALERT ended with %s", ended.returncode)
