"""GuardDuty's verdict on a version of a file: a tag that it puts there once it has looked, and none of ours may.

https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from portal.core.draft import Document
from portal.core.errors import DocumentRefused, Unavailable
from portal.engines import entries
from portal.engines.aws.dynamodb import Key, Table

TAG: Final = "GuardDutyMalwareScanStatus"
CLEAN: Final = "NO_THREATS_FOUND"

REFUSALS: Final[Mapping[str, str]] = {"THREATS_FOUND": "judged_infected", "UNSUPPORTED": "judged_unreadable"}
"""ACCESS_DENIED and FAILED say nothing of the file: they are no verdict."""

PATIENCE: Final = timedelta(minutes=15)
"""After which a verdict that is missing is no matter of waiting any more; most come within a minute."""

ASKED_EVERY: Final = timedelta(seconds=30)

MARKS: Final[Key] = {"PK": "SCANNER", "SK": "SCANNER"}
"""When the newest file came in that has a verdict (``judged``), and the newest one that should have one by now
(``missed``). GuardDuty looks by itself only at what comes in, and once: a file from before its plan was there, or one
that it failed at, never gets a verdict, and says nothing of those that came in later."""


class Verdicts:
    """What GuardDuty says; also ``gates.Scanner``, which looks at nothing itself and tells whether verdicts come.

    They do, unless a file came in after the newest one that has a verdict, and has waited too long for its own.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table, self._clock = table, clock
        self._asked: tuple[datetime, Mapping[str, str]] | None = None

    def must_be_clean(self, content: bytes) -> None:
        """GuardDuty has its own eyes; what it saw is asked before a file comes under a ticket."""

    def answers(self, now: datetime) -> bool:
        marks = self._marks(now)
        return marks.get("missed", "") <= marks.get("judged", "")

    def judge(self, document: Document, tags: Mapping[str, str]) -> None:
        """As ``ports.Files.must_be_judged``, of the tags of its version."""
        said, now = tags.get(TAG, ""), self._clock()
        came = datetime.fromisoformat(document.uploaded_at)
        if said in REFUSALS or said == CLEAN:
            self._note("judged", came, now)
        elif now - came > PATIENCE:
            self._note("missed", came, now)
            raise DocumentRefused("judged_never", file=document.name or document.kind)
        else:
            raise Unavailable("document_unjudged")
        if said in REFUSALS:
            raise DocumentRefused(REFUSALS[said], file=document.name or document.kind)

    # --- within ------------------------------------------------------------------------------------------------------

    def _note(self, mark: str, came: datetime, now: datetime) -> None:
        """Unless it is known, or tells nothing new."""
        marks, at = self._marks(now), entries.moment(came)
        newest = max(marks.get("judged", ""), marks.get("missed", "") if mark == "missed" else "")
        if at <= newest:
            return
        is_close = bool(newest) and came - datetime.fromisoformat(newest) < PATIENCE
        if mark == "judged" and is_close and self.answers(now):
            return  # not each file is written down
        self._table.update(MARKS, f"SET {mark} = :at", {":at": at}, f"attribute_not_exists({mark}) OR {mark} < :at")
        self._asked = now, {**marks, mark: at}

    def _marks(self, now: datetime) -> Mapping[str, str]:
        if not self._asked or not timedelta() <= now - self._asked[0] < ASKED_EVERY:
            self._asked = now, self._table.get(MARKS) or {}
        return self._asked[1]
