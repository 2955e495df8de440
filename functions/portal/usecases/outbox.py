"""Owed emails on their way out: sent, put off, given up or dropped, and the list of those that need a person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from portal.core.errors import MailDeferred, MailRefused, NotAllowed, NotFound, PortalError
from portal.core.notices import UNWRITTEN, Notice, Shares, alone
from portal.core.outage import Outage, outage
from portal.core.rounds import Rounds
from portal.engines.ports import Lingers, Mail, Message, Records
from portal.forms.letter import Letter
from portal.usecases.pacing import Pacing

LEASE: Final = timedelta(minutes=4)
"""How long a sender may hold a notice; longer than a relay may take for one email, answer by answer."""

OUTDATED: Final = "outdated"
UNMISSED: Final = frozenset(
    {
        *("draft_unknown", "not_appointed", "certificate_unknown", "certificate_ended", "code_expired", "not_a_clerk"),
        *("address_left", "no_tickets"),
        *("not_stuck", OUTDATED),
    }
)
"""Why an email is dropped without anybody having to know: what it is about is gone, or its reader left the office."""

Claim = Callable[[datetime, timedelta, Shares], Notice | None]
"""Takes hold of the next notice, as ``Records.claim_notice`` does."""

Written = tuple[Notice, Letter]
"""A notice, and what its email may say."""


def unmarked(message: Message, _: Sequence[Notice]) -> Message:
    return message


def at_once() -> None:
    """Nothing is collected."""


def mark_of(owed: Notice) -> str:
    """Tells an email from others on a page, and says nothing of whom it is to."""
    return sha256("\n".join(map(str, owed.identity)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Outbox:
    """Attributes:
    clock: the time now, aware.
    letter: finds what the email of a notice may say (``Correspondence.letter``).
    join: writes the one email of such notices to the same person (``Correspondence.join``).
    rounds: says when officials' emails are collected to just now; None: each goes alone and at once.
    pacing: keeps strangers from having one address written to again and again; None: nobody does.
    mark: makes a message say which notices are in it, for later word about the email (it came back, say).
    """

    records: Records
    mail: Mail
    clock: Callable[[], datetime]
    letter: Callable[[Notice], Letter]
    join: Callable[[Sequence[Written]], Message]
    mark: Callable[[Message, Sequence[Notice]], Message] = unmarked
    rounds: Callable[[], Rounds | None] = at_once
    pacing: Pacing | None = None

    def send_due(self, most: int = 50, claim: Claim | None = None) -> int:
        """Send owed emails that are due; returns how many were taken by the relay.

        A crash between sending and settling repeats an email; it never loses one.

        Args:
            claim: ``Records.claim_notice`` by default.
        """
        sent, tried = 0, 0
        while tried < most:
            rounds = self._rounds()
            held = (claim or self.records.claim_notice)(self.clock(), LEASE, rounds.collects if rounds else alone)
            if held is None:
                break
            written = self._together(held)
            tried += bool(written)
            sent += bool(written) and self._deliver(written)
        return sent

    def let_go(self) -> None:
        """Nothing more is due for now."""
        if isinstance(self.mail, Lingers):
            self.mail.let_go()

    def red_list(self, unsent: Iterable[Notice] | None = None) -> list[Notice]:
        """Emails the clerk must know of: hopeless, or undelivered past the deadline; not those that were dropped.

        Args:
            unsent: all of them, where they have been looked up already.
        """
        now, found = self.clock(), self.records.unsent() if unsent is None else unsent
        return [owed for owed in found if owed.is_red(now)]

    def outage(self, unsent: Iterable[Notice] | None = None) -> Outage | None:
        """Is the relay out? ``unsent`` as above."""
        return outage(self.records.unsent() if unsent is None else unsent)

    def subject(self, owed: Notice) -> str:
        """Of its email as it would be written now; empty where there is nothing to write any more."""
        try:
            return self.join([(owed, self.letter(owed))]).subject
        except Exception:  # whatever it is, its sender hears of it
            return ""

    def due_since(self, owed: Notice) -> datetime:
        """Since when it waits for the relay: since it was owed, or the round for which it was put off."""
        rounds = self._rounds()
        is_put_off = rounds and rounds.collects(owed) and not owed.problem and owed.attempts
        waits = rounds and rounds.waits(owed, owed.queued_at)
        return rounds.round_of(owed) if rounds and (is_put_off or waits) else owed.queued_at

    def try_again(self) -> int:
        """Due now: hopeless emails of the red list, as after an address was mended, and those that wait for another try
        after a failed one, as after the relay was; returns how many.

        What falls due within a ``LEASE`` somebody may just be sending, so it is left alone.
        """
        now = self.clock()

        def waits(owed: Notice) -> bool:
            return bool(owed.problem) and owed.is_owed and not owed.hopeless and owed.due_at > now + LEASE

        again = [owed for owed in self.records.unsent() if (owed.hopeless and owed.is_red(now)) or waits(owed)]
        for owed in again:
            self.records.settle_notice(owed.renewed(now))
        return len(again)

    def settle(self, mark: str, *, again: bool) -> Notice:
        """One email of the red list is due again, or a person has seen to it.

        Raises:
            NotFound: it is not on the list any more (``notice_gone``).
        """
        for owed in self.red_list():
            if mark_of(owed) == mark:
                now = self.clock()
                self.records.settle_notice(owed.renewed(now) if again else owed.dropped(now))
                return owed
        raise NotFound("notice_gone")

    def drop(self, about: str) -> int:
        """A person has seen to what the emails of the red list about a ticket or draft had to say; returns how many."""
        red = [owed for owed in self.red_list() if owed.about == about]
        for owed in red:
            self.records.settle_notice(owed.dropped(self.clock()))
        return len(red)

    def _rounds(self) -> Rounds | None:
        """Those of now; none where no times are said."""
        rounds = self.rounds()
        return rounds if rounds and rounds.times else None

    def _together(self, held: Notice) -> Sequence[Written]:
        """A held notice and what goes in one email with it; nothing if it is dropped, given up or put off."""
        now, rounds = self.clock(), self._rounds()
        written = self._write([held], now)
        if written and self.pacing and (later := self.pacing.waits_until(held, now)):
            over = self.pacing.is_over(held, now)
            self.records.settle_notice(held.dropped(now, OUTDATED) if over else held.put_off(later))
            return []
        if rounds is None or not (written and rounds.collects(held)):
            return written
        alone = not (rounds.waits(held, now) or rounds.needs_company(held))
        first = alone and self.records.goes_first(held, rounds.last(now), now)
        if not first and now < (until := rounds.put_off(held, now)):
            self.records.settle_notice(held.put_off(until))
            return []

        def joins(other: Notice) -> bool:
            return rounds.join(held, other) and not rounds.waits(other, now)

        # What another sender took hold of while this one was writing is told by the time of now.
        return [*written, *self._write(self.records.claim_also(held, joins, self.clock(), LEASE), now)]

    def _write(self, held: Iterable[Notice], now: datetime) -> list[Written]:
        """Those of them that there is something to say of; the others are settled."""
        written = []
        for owed in held:
            try:
                if self._is_outdated(owed, now):
                    raise NotAllowed(OUTDATED)
                written.append((owed, self.letter(owed)))
            except Exception as problem:
                # One email that cannot be written must not hold up the others.
                self.records.settle_notice(_unwritten(owed, problem, now))
        return written

    def _deliver(self, written: Sequence[Written]) -> bool:
        """Send them in one email; was it taken?"""
        now, together = self.clock(), [owed for owed, _ in written]
        try:
            self.mail.send(self.mark(self.join(written), together), now)
        except MailRefused as problem:
            settled = [owed.failed(_answer(problem), now, hopeless=True) for owed in together]
        except MailDeferred as problem:
            relay = bool(problem.facts.get("relay"))
            settled = [owed.failed(_answer(problem), now, relay=relay) for owed in together]
        except Exception as problem:
            settled = [_unwritten(owed, problem, now) for owed in together]
        else:
            settled = [owed.delivered(now) for owed in together]
        for owed in settled:
            self.records.settle_notice(owed)
            if self.pacing and owed.sent_at:
                self.pacing.has_gone(owed, now)
        return settled[0].sent_at is not None

    def _is_outdated(self, owed: Notice, now: datetime) -> bool:
        """Would it tell of what has passed, or is so no more? The relay may have been down for long."""
        if owed.letter in ("visit_tomorrow", "visit_booked"):
            application = self.records.load(owed.about)
            return application.moved.number != owed.event or application.slot is None or application.slot <= now
        if owed.letter in ("still_waiting", "confirm_address") and owed.occasion:
            return self.records.load(owed.about).entered.number != owed.event
        return False


def _unwritten(owed: Notice, problem: Exception, now: datetime) -> Notice:
    """What becomes of an email that cannot be written."""
    if isinstance(problem, NotFound | NotAllowed):
        # What it was about has expired, or the person holds no office any more: there is nothing left to say.
        unmissed = problem.code in UNMISSED
        said = f"{UNWRITTEN}{problem.code}"
        return owed.dropped(now, problem.code) if unmissed else owed.failed(said, now, hopeless=True)
    # The kind only: the rest may be personal.
    return owed.failed(f"{UNWRITTEN}{type(problem).__name__}", now)


def _answer(problem: PortalError) -> str:
    return str(problem.facts.get("answer", problem.code))
