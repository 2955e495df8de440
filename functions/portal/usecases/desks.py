"""What waits for one person, in whatever capacity: on his desk, on a colleague's alone, or on his Plh.'s."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from portal.core.errors import NotAllowed
from portal.core.officials import Official, able, eligible, given, on_duty, stand_in
from portal.core.standing import Case, Standing
from portal.office import Office

Some = TypeVar("Some", bound=Case)


@dataclass(frozen=True)
class Desks:
    """By how cases stand: none of them is read."""

    office: Office

    def of(
        self, email: str, appointed: Sequence[Official]
    ) -> tuple[list[tuple[Standing, Official]], list[tuple[Standing, Official]]]:
        """As ``sorted_out``. Raises NotAllowed: holds no appointment today (``not_appointed``)."""
        return sorted_out(self.office, email, appointed, self._waiting)

    def lent(self, email: str, appointed: Sequence[Official]) -> list[tuple[Standing, Official, Official]]:
        """What a Plh. has for this person today, longest first: the case, as whom he might take it back, the Plh."""
        cases: dict[str, tuple[Standing, Official, Official]] = {}
        today = self.office.today()
        for official in (o for o in appointed if o.email.lower() == email.lower() and o.serves(today)):
            if deputy := stand_in(official, appointed, today):
                for case in self._waiting(official):
                    sop = self.office.sop_of(case)
                    holders = {each.email.lower() for each in given(case, appointed, sop, today)}
                    is_theirs = not holders or bool(holders & {official.email.lower(), deputy.email.lower()})
                    if is_theirs and not case.concerns(official.email, official.number, sop):
                        cases.setdefault(case.ticket, (case, official, deputy))
        return sorted(cases.values(), key=lambda case: case[0].since)

    def _waiting(self, official: Official) -> Iterator[Standing]:
        return self.office.standings(official.service, self.office.lists(official.service, official.role))


def sorted_out(
    office: Office, email: str, appointed: Sequence[Official], waiting: Callable[[Official], Iterable[Some]]
) -> tuple[list[tuple[Some, Official]], list[tuple[Some, Official]]]:
    """All that waits for this person, longest first, each case once with the capacity in which it does; and what would
    wait for him too, if no colleague had it alone.

    Args:
        appointed: everybody ever appointed.
        waiting: open cases that whoever holds this appointment may have to act on.

    Raises:
        NotAllowed: holds no appointment today (``not_appointed``).
    """
    today = office.today()
    if not any(o.email.lower() == email.lower() and o.serves(today) for o in appointed):
        raise not_serving(appointed, email)
    mine = [official for official in on_duty(appointed, today) if official.email.lower() == email.lower()]
    his, others = dict[str, tuple[Some, Official]](), dict[str, tuple[Some, Official]]()
    for official in mine:
        for case in waiting(official):
            sop = office.sop_of(case)
            if official in eligible(case, appointed, sop, today):
                his.setdefault(case.ticket, (case, official))
            elif official in able(case, appointed, sop, today):
                others.setdefault(case.ticket, (case, official))
    left = (others[number] for number in others if number not in his)
    return sorted(his.values(), key=_since), sorted(left, key=_since)


def not_serving(officials: Iterable[Official], email: str, today: date | None = None) -> NotAllowed:
    """Why he has none of these offices on this day; on whatever day, without saying since when."""
    address, held = email.lower(), list(officials)
    if any(address in each.formerly for each in held):
        return NotAllowed("address_left")
    own = (o for o in held if o.email.lower() == address and not o.is_cancelled)
    ended = max((o.until for o in own if today and o.until and o.until < today), default=None)
    return NotAllowed("appointment_ended", until=ended) if ended else NotAllowed("not_appointed")


def _since(case: tuple[Case, Official]) -> datetime:
    return case[0].since
