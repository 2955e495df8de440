"""Owed emails on their way out: sent, put off, given up or dropped, and the list of those that need a person."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from portal.core.errors import MailDeferred, MailRefused, NotAllowed, NotFound, PortalError
from portal.core.notices import Notice
from portal.engines.ports import Mail, Message, Records

LEASE: Final = timedelta(minutes=2)
"""How long a sender may hold a notice; longer than any relay's time-out."""

OUTDATED: Final = "outdated"
UNMISSED: Final = frozenset(
    {"draft_unknown", "not_appointed", "certificate_unknown", "certificate_ended", "code_expired"}
)
"""Why an email is dropped without anybody having to know: what it is about is gone, or its reader left the office."""


def unmarked(_: Notice) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Outbox:
    """Attributes:
    clock: the time now, aware.
    compose: writes the email of a notice (``Correspondence.compose``).
    mark: headers by which the relay's later word about an email (it came back, say) finds its notice again.
    """

    records: Records
    mail: Mail
    clock: Callable[[], datetime]
    compose: Callable[[Notice], Message]
    mark: Callable[[Notice], Mapping[str, str]] = unmarked

    def send_due(self, most: int = 50, claim: Callable[[datetime, timedelta], Notice | None] | None = None) -> int:
        """Send owed emails that are due; returns how many were taken by the relay.

        A crash between sending and settling repeats an email; it never loses one.

        Args:
            claim: takes hold of the next one, as ``Records.claim_notice`` does, which it is by default.
        """
        sent = 0
        for _ in range(most):
            held = (claim or self.records.claim_notice)(self.clock(), LEASE)
            if held is None:
                break
            sent += self._send(held)
        return sent

    def red_list(self, unsent: Iterable[Notice] | None = None) -> list[Notice]:
        """Emails the clerk must know of: hopeless, or undelivered past the deadline; not those that were dropped.

        Args:
            unsent: all of them, where they have been looked up already.
        """
        now, found = self.clock(), self.records.unsent() if unsent is None else unsent
        return [owed for owed in found if owed.is_red(now)]

    def try_again(self) -> int:
        """Hopeless emails of the red list are due again, as after an address was mended; returns how many.

        The others on it are tried anyway.
        """
        hopeless = [owed for owed in self.red_list() if owed.hopeless]
        for owed in hopeless:
            self.records.settle_notice(owed.renewed(self.clock()))
        return len(hopeless)

    def drop(self, about: str) -> int:
        """A person has seen to what the emails of the red list about a ticket or draft had to say; returns how many."""
        red = [owed for owed in self.red_list() if owed.about == about]
        for owed in red:
            self.records.settle_notice(owed.dropped(self.clock()))
        return len(red)

    def _send(self, held: Notice) -> bool:
        now = self.clock()
        try:
            if self._is_outdated(held, now):
                self.records.settle_notice(held.dropped(now, OUTDATED))
                return False
            message = self.compose(held)
            self.mail.send(replace(message, headers={**message.headers, **self.mark(held)}), now)
        except MailRefused as problem:
            self.records.settle_notice(held.failed(_answer(problem), now, hopeless=True))
        except MailDeferred as problem:
            self.records.settle_notice(held.failed(_answer(problem), now))
        except (NotFound, NotAllowed) as problem:
            # What it was about has expired, or the person holds no office any more: there is nothing left to say.
            unmissed = problem.code in UNMISSED
            settled = held.dropped(now, problem.code) if unmissed else held.failed(problem.code, now, hopeless=True)
            self.records.settle_notice(settled)
        except Exception as problem:
            # One email that cannot be written must not hold up the others. The kind only: the rest may be personal.
            self.records.settle_notice(held.failed(type(problem).__name__, now))
        else:
            self.records.settle_notice(held.delivered(now))
            return True
        return False

    def _is_outdated(self, owed: Notice, now: datetime) -> bool:
        """Would it remind of a visit that has passed, or is agreed no more? The relay may have been down for long."""
        if owed.letter != "visit_tomorrow":
            return False
        application = self.records.load(owed.about)
        return application.version != owed.event or application.slot is None or application.slot <= now


def _answer(problem: PortalError) -> str:
    return str(problem.facts.get("answer", problem.code))
