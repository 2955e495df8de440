"""What has waited past its days: drafts that nobody sent, and applications whose address nobody confirmed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.errors import Conflict, NotFound
from portal.core.progress import deadline
from portal.core.sop import APPLICANT
from portal.office import Office
from portal.usecases import batches, tickets
from portal.usecases.drafts import Drafts


@dataclass(frozen=True)
class Expiring:
    office: Office

    def expire(self) -> int:
        """Forget drafts past their days with their files, and who asked for lost tickets, and close applications never
        confirmed; returns how many."""
        now, life = self.office.clock(), {sop.service: sop.data["draft_days"] for sop in self.office.services}
        gone = tickets.forget(self.office)
        for service in life:
            for application in self.office.listed(service, APPLICANT):
                gone += self._lapse(application, now)
        shortest = timedelta(days=min(life.values()))
        for draft in self.office.records.drafts_before(now - shortest):
            # Of a service that is not offered any more, nobody can send it.
            if now > draft.expires_at(life.get(draft.service, 0)) and self._is_over(draft):
                batches.note(self.office, draft)
                Drafts(self.office).forget(draft)
                gone += 1
        return gone

    def _lapse(self, application: Application, now: datetime) -> bool:
        """Close a case whose address was not confirmed in time; False if there is time yet."""
        sop = self.office.sop_of(application)
        until = deadline(application, sop)
        if until is None or now <= until:
            return False
        try:
            self.office.commit(application.lapse(sop=sop, at=now))
        except Conflict:
            return False  # confirmed at the last moment
        return True

    def _is_over(self, draft: Draft) -> bool:
        """May it be forgotten once its days are over? One that mends, only when its case has been mended; a batch, when
        all that came of it is over."""
        if draft.is_batch:
            return batches.is_over(self.office, draft)
        if not draft.mends:
            return True
        try:
            application = self.office.records.load(draft.mends)
        except NotFound:
            return True  # the case itself is gone
        return draft.id != application.mending
