"""GuardDuty's verdict on a version of a file: a tag that it puts there once it has looked, and none of ours may.

https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from portal.core.draft import Document
from portal.core.errors import DocumentRefused, Unavailable
from portal.engines.aws.dynamodb import Table, Write

TAG: Final = "GuardDutyMalwareScanStatus"
CLEAN: Final = "NO_THREATS_FOUND"

REFUSALS: Final[Mapping[str, str]] = {"THREATS_FOUND": "judged_infected", "UNSUPPORTED": "judged_unreadable"}
"""ACCESS_DENIED and FAILED say nothing of the file: they are no verdict yet."""

PATIENCE: Final = timedelta(minutes=15)
"""After which a verdict that is missing is no matter of waiting any more; most come within a minute."""

ASKED_EVERY: Final = timedelta(seconds=30)

LATE: Final = {"PK": "SCANNER", "SK": "SCANNER"}


class Verdicts:
    """What GuardDuty says; also ``gates.Scanner``, which looks at nothing itself and tells whether verdicts come.

    A file that has waited too long is noted in the table, until a verdict is met again.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table, self._clock = table, clock
        self._asked: tuple[datetime, bool] | None = None

    def must_be_clean(self, content: bytes) -> None:
        """GuardDuty has its own eyes; what it saw is asked before a file comes under a ticket."""

    def answers(self, now: datetime) -> bool:
        if not self._asked or not timedelta() <= now - self._asked[0] < ASKED_EVERY:
            self._asked = now, self._table.get(LATE) is None
        return self._asked[1]

    def judge(self, document: Document, tags: Mapping[str, str]) -> None:
        """As ``ports.Files.must_be_judged``, of the tags of its version."""
        said, now = tags.get(TAG, ""), self._clock()
        if said not in REFUSALS and said != CLEAN:
            if now - datetime.fromisoformat(document.uploaded_at) > PATIENCE:
                self._table.transact([Write({**LATE, "noted_at": now.isoformat()})])
                self._asked = now, False
            raise Unavailable("document_unjudged")
        if not self.answers(now):
            self._table.delete(LATE)
            self._asked = now, True
        if said in REFUSALS:
            raise DocumentRefused(REFUSALS[said], file=document.name or document.kind)
