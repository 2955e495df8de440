"""What every engine's records must do with applications, and with whom they wait on."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from portal.core.application import Application
from portal.core.draft import Document
from portal.core.errors import Conflict, NotFound, Unreadable
from portal.core.listing import Unread
from portal.core.sop import APPLICANT
from portal.core.steps import State
from portal.engines.ports import Records
from tests.support.builders import AT, a_ticket, after, application, application_in, draft, owed_by, reachable
from tests.support.commits import Open, at_once, change, tickets, write


@dataclass(frozen=True)
class FromElsewhere(Document):
    """A document of a portal that keeps more of it than this one knows."""

    colour: str = "merah"


class ApplicationsContract:
    @pytest.mark.parametrize(("step", "state"), reachable())
    def test_a_case_comes_back_as_it_was_written_from_any_state(
        self, records: Records, open_records: Open, step: str, state: State
    ) -> None:
        case = write(records, application_in(step, state))
        loaded = open_records().load(case.ticket)
        assert loaded == case
        assert (loaded.step, loaded.state) == (step, state)
        assert loaded.first_damage() is None

    def test_the_hours_of_events_keep_their_zone_as_the_hash_covers_them(self, records: Records) -> None:
        case = write(records, application("confirm"))
        kept = [event.entry() for event in records.load(case.ticket).events]
        assert kept == [event.entry() for event in case.events]
        assert kept[0]["at"].endswith("+08:00")

    def test_what_was_mended_replaces_form_and_documents(self, records: Records) -> None:
        case = write(records, application("confirm", "return"))
        assert records.load(case.ticket).document("ktp").sha256 != "b" * 64
        mended = after(case, "resubmit")
        records.commit(change(mended))
        assert records.load(case.ticket) == mended
        assert records.load(case.ticket).document("ktp").sha256 == "b" * 64

    def test_a_case_that_cannot_be_read_is_named_and_hides_no_other(self, records: Records) -> None:
        sound, bent = application("confirm", number=1), application("confirm", number=2)
        bent = replace(bent, documents=(FromElsewhere(**vars(bent.documents[0])), *bent.documents[1:]))
        for case in (bent, sound):
            write(records, case)
        unread = list[Unread]()
        assert tickets(records.waiting_on("penerbitan", "kadis", unread.append)) == [sound.ticket]
        assert [(each.ticket, each.service, each.since) for each in unread] == [
            (bent.ticket, "penerbitan", bent.since),
        ]
        assert unread[0].problem.startswith("TypeError in ")
        assert tickets(records.waiting_on("penerbitan", "kadis")) == [sound.ticket]
        with pytest.raises(Unreadable) as caught:
            records.load(bent.ticket)
        assert (caught.value.code, caught.value.facts["ticket"]) == ("case_unreadable", bent.ticket)

    def test_an_unknown_ticket_is_not_found(self, records: Records) -> None:
        with pytest.raises(NotFound) as caught:
            records.load("TTE-26-7777-777M")
        assert caught.value.code == "ticket_unknown"

    def test_the_same_event_cannot_be_written_twice_and_nothing_of_the_second_is_kept(self, records: Records) -> None:
        case = write(records, application("confirm"))
        first, second = after(case, "forward"), after(case, "return")
        records.commit(change(first))
        records.save_draft(draft())
        late = change(
            second,
            notices=owed_by(second),
            draft=draft().sent_as(case.ticket),
            claims=["visit/1"],
            fact={"ticket": case.ticket},
        )
        with pytest.raises(Conflict) as caught:
            records.commit(late)
        assert caught.value.code == "event_taken"
        assert records.load(case.ticket) == first
        assert tickets(records.waiting_on("penerbitan", "kabid")) == [case.ticket]
        assert list(records.unsent()) == []
        assert records.load_draft("a1") == draft()
        assert list(records.taken("visit/")) == []
        assert list(records.facts("penerbitan")) == []

    def test_of_many_clicks_at_once_exactly_one_writes(self, records: Records, open_records: Open) -> None:
        case = write(records, application("confirm"))
        handles = [open_records() for _ in range(6)]

        def click(number: int) -> object:
            decided = after(case, "forward", at=AT + timedelta(days=1, seconds=number))
            handles[number].commit(change(decided, notices=owed_by(decided)))
            return decided

        outcomes = at_once(6, click)
        winners = [outcome for outcome in outcomes if isinstance(outcome, Application)]
        assert sorted(map(str, outcomes)).count("event_taken") == 5
        assert winners == [records.load(case.ticket)]
        assert {n.queued_at for n in records.unsent()} == {winners[0].events[-1].at}

    def test_a_ticket_already_taken_is_a_conflict_and_the_first_case_stays(self, records: Records) -> None:
        first = write(records, application())
        other = application(form={"nama_ktp": "Budi"}, at=AT + timedelta(minutes=1))
        with pytest.raises(Conflict) as caught:
            records.commit(change(other))
        assert caught.value.code == "event_taken"
        assert records.load(first.ticket) == first


class TurnsContract:
    def test_cases_wait_on_whoever_has_to_act_longest_waiting_first(self, records: Records) -> None:
        # Neither in the order of writing nor in that of the tickets.
        since = {number: AT + timedelta(minutes=7 * number % 5) for number in range(1, 5)}
        cases = [write(records, application("confirm", number=number, at=at)) for number, at in since.items()]
        write(records, application(number=9))
        in_order = sorted(cases, key=lambda case: case.events[-1].at)
        assert tickets(in_order) not in (tickets(cases), sorted(tickets(cases)))
        assert list(records.waiting_on("penerbitan", "kadis")) == in_order
        assert tickets(records.waiting_on("penerbitan", APPLICANT)) == [a_ticket(9)]
        assert list(records.waiting_on("penerbitan", "kabid")) == []

    def test_waiting_begins_anew_with_every_turn(self, records: Records) -> None:
        first, second = (write(records, application("confirm", number=n, at=AT + timedelta(hours=n))) for n in (1, 2))
        records.commit(change(after(second, "forward", at=AT + timedelta(hours=8))))
        records.commit(change(after(first, "forward", at=AT + timedelta(hours=9))))
        assert tickets(records.waiting_on("penerbitan", "kabid")) == [second.ticket, first.ticket]

    def test_a_case_passes_from_one_list_to_the_next(self, records: Records) -> None:
        case = write(records, application("confirm"))
        records.commit(change(after(case, "forward")))
        assert list(records.waiting_on("penerbitan", "kadis")) == []
        assert tickets(records.waiting_on("penerbitan", "kabid")) == [case.ticket]

    @pytest.mark.parametrize("state", [State.DONE, State.REJECTED, State.WITHDRAWN, State.LAPSED])
    def test_a_closed_case_waits_on_nobody(self, records: Records, state: State) -> None:
        step = next(step for step, other in reachable() if other is state)
        case = write(records, application_in(step, state))
        assert case.is_closed
        for role in (APPLICANT, "pemohon", "kadis", "kabid", "verifikator", ""):
            assert list(records.waiting_on("penerbitan", role)) == []
            assert records.count_waiting("penerbitan", role) == 0

    def test_the_waiting_are_counted_as_they_are_listed(self, records: Records) -> None:
        assert records.count_waiting("penerbitan", "kadis") == 0
        for number in range(1, 4):
            write(records, application("confirm", number=number))
        write(records, application("confirm", "forward", number=4))
        write(records, application("confirm", "reject", number=5))
        write(records, application(number=6))
        for role, many in (("kadis", 3), ("kabid", 1), ("verifikator", 0), (APPLICANT, 1), ("", 0), ("kadi", 0)):
            assert (
                records.count_waiting("penerbitan", role) == len(list(records.waiting_on("penerbitan", role))) == many
            )

    def test_picking_another_visit_does_not_lose_the_place_in_the_list(self, records: Records) -> None:
        first = write(records, application_in("kunjungan", State.BOOKED, number=1))
        second = application_in("kunjungan", State.INVITED, number=2)
        write(records, after(second, "book", at=first.events[-1].at + timedelta(minutes=1)))
        records.commit(change(after(first, "book")))
        assert tickets(records.waiting_on("penerbitan", "verifikator")) == [first.ticket, second.ticket]

    def test_cases_may_be_moved_while_going_through_the_list(self, records: Records) -> None:
        for number in range(1, 5):
            write(records, application("confirm", number=number))
        for case in records.waiting_on("penerbitan", "kadis"):
            records.commit(change(after(case, "forward")))
        assert list(records.waiting_on("penerbitan", "kadis")) == []
        assert len(list(records.waiting_on("penerbitan", "kabid"))) == 4
