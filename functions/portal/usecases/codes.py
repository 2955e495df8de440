"""Six-digit codes, emailed to an address that the portal knows already: whoever can type one reads its mail.

No code is kept anywhere. It follows from the portal's keys, what it is for, the address and the minute in which it was
asked for, and is worked out again for the letter and for the check. What is kept is how often somebody tried, and until
its end in which browser a code was good: in another one it is good no more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from portal.core.application import Actor
from portal.core.errors import LinkExpired, NotAllowed
from portal.core.notices import notice
from portal.office import Office

LETTER: Final = "code"
ABOUT: Final = "kode/"
"""What a notice of a code is about begins so; behind it what the code is for."""

_NOBODY: Final = ""
"""Who only asks whether a code was used: he has it until a time that is over by every machine's clock."""


@dataclass(frozen=True)
class Codes:
    """Asks for codes and checks them; time and keys are the office's.

    Attributes:
        life: how long a code is good for.
        tries: how many codes may be typed for one address within ``pause``, right or wrong; then none is taken until
            the pause is over.
    """

    office: Office
    life: timedelta = timedelta(minutes=10)
    tries: int = 5
    pause: timedelta = timedelta(minutes=30)

    def ask(self, purpose: str, whom: Actor) -> str:
        """Owe the letter with a code; a second time within one minute is the same code and no further letter, unless it
        has been used.

        Args:
            purpose: what it opens; a code for one purpose is none for another.
            whom: name and address; both must be known to the portal, never as somebody types them.

        Returns:
            What the page's form has to send along (field of its own): signed, says whose code it is and holds none.

        Raises:
            NotAllowed: tried too often, so that none would be taken now and none is sent (``code_paused``; fact
                ``until``).
        """
        self.refuse_while_paused(purpose, whom.email)
        now, at = self.office.clock(), self._asked_at()
        while self._used_in(purpose, whom.email, at, _NOBODY, until=now - self.pause):
            at += timedelta(seconds=1)
        owed = notice(LETTER, whom, about=f"{ABOUT}{purpose}", event=0, at=now, occasion=at.isoformat())
        self.office.records.owe([owed])
        claims = {"r": whom.email, "a": at.isoformat()}
        return self.office.links.sign(_signed(purpose), claims, self.until(at))

    def check(self, purpose: str, asked: str, typed: str, browser: str = "-") -> str:
        """The address whose code was typed; in the same browser as often as its form is sent, in another no more.

        Args:
            asked: what ``ask`` returned; ``typed`` may have blanks in it.
            browser: tells the one in which it was typed from others.

        Raises:
            LinkForged: ``asked`` is not ours, or was for another purpose (``link_forged``).
            NotAllowed: too late (``code_expired``), not the code (``code_wrong``; fact ``left``: how many tries are
                left), not the code and that was the last try, or tried too often (``code_paused``; fact ``until``), or
                used in another browser (``code_used``).
        """
        now = self.office.clock()
        try:
            claims = self.office.links.read(_signed(purpose), asked, now)
        except LinkExpired as expired:
            raise NotAllowed("code_expired") from expired
        left, until = self._tried(purpose, claims["r"], now)
        if left < 0:
            raise NotAllowed("code_paused", until=until)
        codes = self.office.links.codes(_signed(purpose), _said(claims["r"], claims["a"]))
        if "".join(filter(str.isdecimal, typed)) not in codes:
            raise NotAllowed("code_wrong", left=left) if left else NotAllowed("code_paused", until=until)
        email, at = claims["r"], datetime.fromisoformat(claims["a"])
        if self._used_in(purpose, email, at, browser, until=self.until(at) + timedelta(seconds=1)) != browser:
            raise NotAllowed("code_used")
        return str(email)

    def refuse_while_paused(self, purpose: str, email: str) -> None:
        """Raises NotAllowed: no code is taken now (``code_paused``; fact ``until``). Counts no try."""
        ends = self.office.records.used(_paused(purpose, email), self.office.clock())
        if ends:
            raise NotAllowed("code_paused", until=datetime.fromisoformat(max(ends)))

    def code(self, about: str, email: str, occasion: str) -> tuple[str, datetime]:
        """The code that a notice tells, and until when it is good; for its letter only.

        Raises:
            NotAllowed: it is good no more (``code_expired``).
        """
        until = self.until(datetime.fromisoformat(occasion))
        if self.office.clock() > until:
            raise NotAllowed("code_expired")
        return self.office.links.codes(_signed(about.removeprefix(ABOUT)), _said(email, occasion))[0], until

    def until(self, asked_at: datetime) -> datetime:
        return asked_at + self.life

    def _asked_at(self) -> datetime:
        return self.office.clock().astimezone(self.office.calendar.zone).replace(second=0, microsecond=0)

    def _used_in(self, purpose: str, email: str, at: datetime, browser: str, *, until: datetime) -> str:
        """The browser in which the code of then is good: this one until its end, unless it was another before."""
        whose = sha256(f"{purpose} {_said(email, at.isoformat())}".encode()).hexdigest()[:16]
        return self.office.records.hold(f"{ABOUT}{whose}", browser, self.office.clock(), until)

    def _tried(self, purpose: str, email: str, now: datetime) -> tuple[int, datetime]:
        """Counts one more try: how many are left after it (below 0: it was one too many), and when counting begins
        anew.
        """
        window = int(now.timestamp() // self.pause.total_seconds())
        whose = _whose(purpose, email)
        # Counted in one write, so that many tries at one moment are as many tries.
        service = self.office.services.first.service
        tried = self.office.records.next_number(service, f"{ABOUT}{whose}/{window}")
        ends = datetime.fromtimestamp((window + 1) * self.pause.total_seconds(), self.office.calendar.zone)
        if tried >= self.tries:
            self.office.records.use(_paused(purpose, email), ends.isoformat(), now, ends)
        return self.tries - tried, ends


def _signed(purpose: str) -> str:
    return f"{LETTER}.{purpose}"


def _whose(purpose: str, email: str) -> str:
    return sha256(f"{purpose} {email.lower()}".encode()).hexdigest()[:16]


def _paused(purpose: str, email: str) -> str:
    """Where it is kept that no code is taken."""
    return f"{ABOUT}{_whose(purpose, email)}/paused"


def _said(email: str, at: str) -> str:
    return f"{email.lower()} {at}"
