"""What every engine promises of personal data that leaves the portal, or is erased."""

from datetime import timedelta

import pytest

from portal.core.application import Actor, Application
from portal.core.erasing import erase
from portal.core.errors import Conflict
from portal.core.handouts import CASES, ERASED, PERSON, Handout
from portal.core.listing import Line, line
from portal.engines.ports import Records
from tests.support.builders import AT, FORM, a_notice, a_sop, a_ticket, after, application
from tests.support.commits import Open, change, write

ONE = Handout(AT, PERSON, "Rina Contoh", "Petugas", 2, (a_ticket(1), a_ticket(2)))


class HandoutsContract:
    def test_who_took_something_out_is_kept_in_order_and_for_other_handles_too(self, open_records: Open) -> None:
        records = open_records()
        assert list(records.handouts()) == []
        # Twelve, as a tenth must not sort before a second.
        kept = [ONE, *(Handout(AT + timedelta(minutes=n), CASES, "", "Pengelola server", n) for n in range(11))]
        for each in kept:
            records.keep_handout(each)
        assert list(open_records().handouts()) == kept

    def test_the_same_twice_is_two(self, records: Records) -> None:
        records.keep_handout(ONE)
        records.keep_handout(ONE)
        assert list(records.handouts()) == [ONE, ONE]


CLERK = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")


def erased(case: Application) -> tuple[Application, Line]:
    at = case.events[-1].at + timedelta(days=1)
    bare = erase(case, {"ground": "decree", "reason": "Surat 1."}, by=CLERK, sop=a_sop(), at=at)
    return bare, line(bare, a_sop())


class ErasingContract:
    def test_a_case_is_left_without_personal_data_and_nobody_is_written_to_about_it(self, open_records: Open) -> None:
        records, case, other = open_records(), application("confirm", "reject"), application("confirm", number=2)
        for each in (case, other):
            write(records, each)
            said = (
                after(each, "withdraw") if each is other else each.correct("resend", {}, to=each.moved, by=CLERK, at=AT)
            )
            records.commit(change(said, line=line(said, a_sop())))
        case = records.load(case.ticket)
        records.owe([a_notice(case.ticket), a_notice(other.ticket)])
        bare, listed = erased(case)
        done = Handout(AT, ERASED, CLERK.name, CLERK.office, 1, (case.ticket,), bare.events[-1].hash)
        records.keep_handout(done)
        records.erase(bare, listed)
        records.scrub(if_owed=True)
        again = open_records()
        assert again.load(case.ticket) == bare
        assert again.load(case.ticket).first_damage() is None
        assert {each.ticket: each.name for each in again.lines(case.service)} == {
            case.ticket: "",
            other.ticket: FORM["nama_ktp"],
        }
        assert list(again.handouts()) == [done]
        assert (list(again.notices(case.ticket)), len(again.notices(other.ticket))) == ([], 1)
        assert again.load(other.ticket).form == FORM

    def test_a_case_that_has_gone_on_meanwhile_stays_whole(self, records: Records) -> None:
        case = write(records, application("confirm", "reject"))
        moved = case.correct("resend", {"reason": "Hilang."}, to=case.moved, by=CLERK, at=case.events[-1].at)
        records.commit(change(moved))
        with pytest.raises(Conflict) as refused:
            records.erase(*erased(case))
        assert refused.value.code == "event_taken"
        assert records.load(case.ticket) == moved

    def test_emails_are_forgotten_one_by_one_also_those_already_sent(self, open_records: Open) -> None:
        records = open_records()
        sent, owed, other = (a_notice("tickets", recipient=f"{who}@kota.go.id") for who in ("siti", "rina", "wati"))
        records.owe([sent, owed, other])
        records.settle_notice(sent.delivered(AT))
        records.forget_notices([sent, owed, a_notice("tickets", recipient="nobody@kota.go.id")])
        records.forget_notices([sent])
        again = open_records()
        assert [each.recipient for each in again.notices("tickets")] == [other.recipient]
        assert [each.recipient for each in again.unsent()] == [other.recipient]

    def test_scrubbing_where_nothing_was_erased_changes_nothing(self, records: Records) -> None:
        case = write(records, application("confirm"))
        for if_owed in (True, False):
            records.scrub(if_owed=if_owed)
            assert records.load(case.ticket) == case
