"""The records in one DynamoDB table: what ``ports.Records`` promises. Decides nothing about a case."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.errors import Conflict, NotFound, Unavailable, Unreadable
from portal.core.listing import Unread, passed_over
from portal.core.notices import Notice, Shares, alone
from portal.core.officials import Official
from portal.core.recap import Tally
from portal.core.register import Certificate
from portal.engines import entries
from portal.engines.aws import items, owed, standings, writing
from portal.engines.aws.accounts import DynamoAccounts
from portal.engines.aws.appointed import appointed, keep_apart
from portal.engines.aws.certificates import DynamoCertificates, entered
from portal.engines.aws.deletions import DynamoDeletions, decided, draft_folder
from portal.engines.aws.dynamodb import MOST_AT_ONCE, NEW, Item, Key, Table, Write
from portal.engines.aws.lines import DynamoLines
from portal.engines.aws.moving import DynamoMoving, Latch
from portal.engines.aws.standings import DynamoStandings
from portal.engines.aws.sweeps import DynamoSweeps
from portal.engines.aws.uses import DynamoUses
from portal.engines.ports import CameBack, Change, Compiled, Fact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READS: Final = 3
"""How often a case is read that another write is just changing."""


class DynamoRecords(
    DynamoCertificates,
    DynamoAccounts,
    DynamoDeletions,
    DynamoLines,
    DynamoStandings,
    DynamoMoving,
    DynamoUses,
    DynamoSweeps,
):
    """``ports.Records`` on the table of ``items``, for any number of callers; also ``Streamed``.

    Needs the actions Query (on table and index), GetItem, BatchGetItem, PutItem, UpdateItem and DeleteItem. Nothing is
    ever scanned: what a call reads does not grow with the number of applications stored.

    Args:
        client: its time-outs and repetitions are for whoever made it to choose.
        services: keys of those that the portal serves; a new table begins with the first.
        draft_life: how long after its making the table forgets a draft that no sweep has met; longer than the SOP's
            ``draft_days``.
        pause: waits for so many seconds.
        latched: whether nothing is to be written while a move has marked the table; looked at every few seconds.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        services: Sequence[str],
        draft_life: timedelta = timedelta(days=60),
        pause: Callable[[float], None] = time.sleep,
        *,
        latched: bool = False,
    ) -> None:
        self._table = Table(client, table, pause)
        self._latch = Latch(self._read_mark) if latched else None
        if self._latch:
            self._table.admits = self._latch.must_be_open
        self._services = services
        self._draft_life = draft_life
        self._known_sops = set[str]()

    # --- applications --------------------------------------------------------------------------------------------

    def load(self, ticket: str) -> Application:
        return items.application(self._case(ticket))

    def waiting_on(
        self, service: str, role: str, unread: Callable[[Unread], object] = passed_over
    ) -> Iterator[Application]:
        return self.waiting_among(service, role, self._tickets(self._filed(service, role)), unread)

    def waiting_among(
        self, service: str, role: str, tickets: Collection[str], unread: Callable[[Unread], object]
    ) -> Iterator[Application]:
        return self._readable(service, self._still_waiting(self._filed(service, role), tickets), unread)

    def count_waiting(self, service: str, role: str) -> int:
        return sum(1 for _ in self._table.listed(items.waiting_list(self._filed(service, role))))

    def commit(self, change: Change) -> None:
        application, ticket, service = change.application, change.application.ticket, change.application.service
        waits_on = self._filed(service, change.waits_on) if change.waits_on else ""
        writes = [
            Write(items.event_item(ticket, application.events[-1]), NEW, conflict="event_taken"),
            Write(items.application_item(application, waits_on)),
        ]
        if change.draft:
            writes.append(self._draft(change.draft))
        writes += [writing.claim(name, ticket) for name in dict.fromkeys(change.claims)]
        if change.reopened:
            writes.append(
                Write(items.fact_key(self._filed(service, items.FACTS), ticket, change.reopened), deletes=True)
            )
        if change.fact is not None:
            writes.append(Write(items.fact_item(self._filed(service, items.FACTS), ticket, change.fact)))
        writes += [write for certificate in change.certificates for write in entered(certificate)]
        writes += map(self._correction, change.corrections)
        writes += [Write(items.line_item(change.line))] if change.line else []
        if change.standing or application.version > 1:
            writes.append(standings.write(application, change.standing))
        writes += owed.queued(change.notices)
        # At most 100 writes fit. Those above are few: a letter to the applicant and to each official of one role is the
        # most. The names given up grow with every visit picked anew, but as a case holds one seat at a time, only the
        # newest can still be its own.
        releases = [
            writing.release(name, ticket) for name in dict.fromkeys(change.releases) if name not in change.claims
        ]
        room = max(0, MOST_AT_ONCE - len(writes))
        self._table.transact([*writes, *releases[::-1][:room]])

    def taken(self, prefix: str) -> Sequence[str]:
        return [item["SK"] for item in self._table.partition(items.CLAIMS, prefix)]

    def facts(self, service: str, closed: str = "") -> Iterator[Fact]:
        return (item["fact"] for item in self._table.partition(self._filed(service, items.FACTS), closed))

    def facts_after(self, service: str, day: str) -> Iterator[Fact]:
        after = items.facts_after(day) if day else ""
        found = self._table.partition(self._filed(service, items.FACTS), after=after)
        return (item["fact"] for item in found)

    # --- the register --------------------------------------------------------------------------------------------

    def keep_certificates(
        self, certificates: Sequence[Certificate], corrections: Sequence[Fact] = (), notices: Sequence[Notice] = ()
    ) -> None:
        of_entry: dict[str, list[Write]] = {}
        for fact in corrections:
            of_entry.setdefault(fact["ticket"].rpartition("/")[0], []).append(self._correction(fact))
        writes = owed.queued(notices)
        for certificate in certificates:
            together = [*entered(certificate), *of_entry.get(certificate.id, ())]
            if len(writes) + len(together) > MOST_AT_ONCE:
                self._table.transact(writes)
                writes = []
            writes += together
        self._table.transact(writes)

    # --- the recap's sums ----------------------------------------------------------------------------------------

    def keep_tally(self, service: str, compiled: Compiled, tally: Tally) -> None:
        tallies, done = self._filed(service, items.TALLIES), self._filed(service, items.COMPILED)
        self._table.transact(
            [Write(items.tally_item(tallies, compiled, tally)), Write(items.compiled_item(done, compiled))]
        )

    def compiled(self, service: str) -> Sequence[Compiled]:
        return [items.compiled(item) for item in self._table.partition(self._filed(service, items.COMPILED))]

    def tallies(self, service: str, after: str = "") -> Iterator[tuple[Compiled, Tally]]:
        found = self._table.partition(self._filed(service, items.TALLIES), after=after)
        return ((items.compiled(item), items.tally(item)) for item in found)

    # --- drafts --------------------------------------------------------------------------------------------------

    def load_draft(self, id: str) -> Draft:
        found = self._table.get(items.draft_key(id))
        if found is None:
            raise NotFound("draft_unknown")
        return entries.draft(found)

    def save_draft(self, draft: Draft, notices: Sequence[Notice] = ()) -> None:
        self._table.transact([self._draft(draft), *owed.queued(notices)])

    def drafts_before(self, created_before: datetime) -> Iterator[Draft]:
        keys = self._table.listed(items.DRAFTS, until=entries.moment(created_before))
        found = entries.readable(entries.draft, self._table.get_all(keys))
        return iter(sorted(found, key=lambda draft: (draft.created_at, draft.id)))

    def delete_draft(self, id: str) -> None:
        owed.forget_all(self._table, id)
        # Last, so that a sweep which was cut short finds the draft again.
        if kept := self._table.get(items.draft_key(id)):
            gone = Write(items.draft_key(id), deletes=True)
            self._table.transact([gone, decided(draft_folder(kept))])

    # --- owed emails ---------------------------------------------------------------------------------------------

    def owe(self, notices: Sequence[Notice]) -> None:
        writes = owed.queued(notices)
        # More than fit into one transaction may be cut off in the middle; owing them again then owes the rest.
        for start in range(0, len(writes), MOST_AT_ONCE):
            self._table.transact(writes[start : start + MOST_AT_ONCE])

    def claim_notice(self, now: datetime, lease: timedelta, shares: Shares = alone) -> Notice | None:
        return owed.claim(self._table, now, lease, shares)

    def claim_under(self, key: Key, now: datetime, lease: timedelta, shares: Shares = alone) -> Notice | None:
        return owed.claim_under(self._table, key, now, lease, shares)

    def claim_also(
        self, held: Notice, wanted: Callable[[Notice], bool], now: datetime, lease: timedelta
    ) -> Sequence[Notice]:
        return owed.claim_also(self._table, held, wanted, now, lease)

    def goes_first(self, held: Notice, since: datetime, now: datetime) -> bool:
        return owed.goes_first(self._table, held, since, now)

    def settle_notice(self, notice: Notice) -> None:
        owed.settle(self._table, notice)

    def came_back(self, word: CameBack, at: datetime) -> None:
        owed.came_back(self._table, word, at)

    def unsent(self) -> Iterator[Notice]:
        return owed.unsent(self._table)

    def unsent_or_returned(self) -> Sequence[tuple[Notice, bool]]:
        return owed.unsent_or_returned(self._table)

    def notices(self, about: str) -> Sequence[Notice]:
        found = map(entries.notice, self._table.partition(items.notices_of(about)))
        return sorted(found, key=lambda notice: (notice.queued_at, notice.identity))

    # --- officials, editions of the SOP, numbers -----------------------------------------------------------------

    def officials(self, service: str = "") -> Sequence[Official]:
        founder, apart = self._known
        found = sorted(appointed(self._table, service if apart else "", founder), key=lambda item: item["place"])
        read = (entries.official(item["official"], self._founder) for item in found)
        return [official for official in read if service in ("", official.service)]

    def appoint(self, official: Official, notices: Sequence[Notice] = ()) -> None:
        self._settle()  # nobody is ever appointed to an office in the table of another portal
        key = items.official_key(official, self._filed(official.service, official.role))
        before = self._table.get(key)
        place = before["place"] if before else self._table.count(items.counter_key("officials"))
        entry = entries.official_entry(official, self._founder)
        self.owe(notices[: -MOST_AT_ONCE + 1])  # before, so that what does not fit into the transaction is not lost
        last = owed.queued(notices[-MOST_AT_ONCE + 1 :])
        self._table.transact([Write({**key, "official": entry, "place": place}), *last])

    def keep_sop(self, version: str, snapshot: str) -> None:
        # Looked for first, once a process: a write of it takes some eighty units, also one that its condition refuses.
        if version not in self._known_sops:
            self._settle()  # nor does anybody's case begin there
            if self._table.get(items.sop_key(version)) is None:
                self._table.transact([Write(items.sop_item(version, snapshot), NEW)])
            self._known_sops.add(version)

    def sop(self, version: str) -> str:
        found = self._table.get(items.sop_key(version))
        if found is None:
            raise NotFound("sop_unknown")
        return str(found["text"])

    def next_number(self, service: str, series: str) -> int:
        return self._table.count(items.counter_key(self._filed(service, series)))

    # --- within --------------------------------------------------------------------------------------------------

    @property
    def founder(self) -> str:
        """The service that the table began with."""
        return self._found()[0]

    def _correction(self, fact: Fact) -> Write:
        return Write(items.fact_item(self._filed(fact["service"], items.FACTS), fact["ticket"], fact))

    @property
    def _founder(self) -> str:
        return self._known[0]

    @cached_property
    def _known(self) -> tuple[str, bool]:
        """The service that the table began with, and whether appointments to others lie apart; asked of several only.

        Raises:
            Unavailable: the table is of a portal that serves other services (``store_foreign``).
        """
        return (self._services[0], True) if len(self._services) == 1 else self._found()

    def _found(self) -> tuple[str, bool]:
        kept = self._table.get(items.FOUNDER)
        founder = str(kept["service"]) if kept else self._named_in_the_first_fact() or self._services[0]
        if founder not in self._services:
            raise Unavailable("store_foreign", founder=founder, services=", ".join(self._services))
        if kept is None:
            with suppress(Conflict):  # another process was faster, and found the same
                new = {**items.FOUNDER, "service": founder, "apart": True}
                self._table.transact([Write(new, NEW, conflict="founded")])
        return founder, kept is None or "apart" in kept

    def _settle(self) -> None:
        """The table is ours, and in today's order; who only reads does not ask, as he may not write that."""
        if not self._found()[1] and len(self._services) > 1:
            keep_apart(self._table)

    def _named_in_the_first_fact(self) -> str:
        """Of a table from before there were several services; empty if no case was ever closed."""
        return next((str(item["fact"].get("service", "")) for item in self._table.partition(items.FACTS)), "")

    def _filed(self, service: str, name: str) -> str:
        return entries.filed(service, name, self._founder)

    def _case(self, ticket: str) -> Sequence[Item]:
        """The application's item and those of its events, in one read."""
        for _ in range(_READS):
            found = list(self._table.partition(items.application_key(ticket)["PK"]))
            if not found:
                raise NotFound("ticket_unknown")
            # A query may meet a transaction half-way (read-committed), which then is over by the next read. What does
            # not fit together even so was changed behind the portal, as the hash chain will show.
            if items.is_of_one_moment(found):
                break
        return found

    def _still_waiting(self, role: str, tickets: Iterable[str]) -> Iterator[Sequence[Item]]:
        for ticket in tickets:
            with suppress(NotFound):
                found = self._case(ticket)
                if items.waits_on(found) == role:
                    yield found

    def _readable(
        self, service: str, cases: Iterable[Sequence[Item]], unread: Callable[[Unread], object]
    ) -> Iterator[Application]:
        for found in cases:
            try:
                yield items.application(found)
            except Unreadable as damage:
                told: dict[str, Any] = damage.facts
                unread(Unread(told["ticket"], service, items.waits_since(found), told["problem"]))

    def _draft(self, draft: Draft) -> Write:
        item = items.draft_item(draft, self._draft_life)
        if draft.version == 1:
            return Write(item, NEW, conflict="draft_changed")
        return Write(item, "version = :before", {":before": draft.version - 1}, "draft_changed")
