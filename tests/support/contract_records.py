"""What every engine's records must do; its test file subclasses ``RecordsContract`` and says how to open them."""

import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from portal.core.application import Application
from portal.core.errors import Conflict, NotFound
from portal.core.sop import APPLICANT
from portal.core.steps import State
from portal.engines.ports import Change, Compiled, Records
from tests.support.builders import (
    AT,
    a_notice,
    a_sop,
    a_ticket,
    after,
    application,
    application_in,
    draft,
    official,
    owed_by,
    reachable,
)

LEASE = timedelta(minutes=2)
MOMENT = timedelta(microseconds=1)

Open = Callable[[], Records]


def change(case: Application, **parts) -> Change:
    return Change(case, waits_on=case.waits_on(a_sop()), **parts)


def write(records: Records, case: Application) -> Application:
    """Commit a case event by event, as it happened."""
    for count in range(1, len(case.events) + 1):
        events = case.events[:count]
        moment = replace(case, events=events, step=events[-1].step, state=events[-1].state)
        records.commit(change(moment))
    return case


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What ``work(0)``, ``work(1)`` ... return, run in as many threads; an error is returned, not raised."""

    def caught(number: int) -> object:
        try:
            return work(number)
        except Conflict as conflict:
            return conflict.code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(caught, range(count)))


def tickets(cases: Iterable[Application]) -> list[str]:
    return [case.ticket for case in cases]


class RecordsContract:
    @pytest.fixture
    def open_records(self) -> Open:
        """Opens the same store, empty at first; every call gives a handle of its own, as another process would have."""
        raise NotImplementedError

    @pytest.fixture
    def records(self, open_records: Open) -> Records:
        return open_records()

    # --- applications --------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(("step", "state"), reachable())
    def test_a_case_comes_back_as_it_was_written_from_any_state(self, records, open_records, step, state):
        case = write(records, application_in(step, state))
        loaded = open_records().load(case.ticket)
        assert loaded == case
        assert (loaded.step, loaded.state) == (step, state)
        assert loaded.first_damage() is None

    def test_the_hours_of_events_keep_their_zone_as_the_hash_covers_them(self, records):
        case = write(records, application("confirm"))
        kept = [event.entry() for event in records.load(case.ticket).events]
        assert kept == [event.entry() for event in case.events]
        assert kept[0]["at"].endswith("+08:00")

    def test_what_was_mended_replaces_form_and_documents(self, records):
        case = write(records, application("confirm", "return"))
        assert records.load(case.ticket).document("ktp").sha256 != "b" * 64
        mended = after(case, "resubmit")
        records.commit(change(mended))
        assert records.load(case.ticket) == mended
        assert records.load(case.ticket).document("ktp").sha256 == "b" * 64

    def test_an_unknown_ticket_is_not_found(self, records):
        with pytest.raises(NotFound) as caught:
            records.load("TTE-26-7777-777M")
        assert caught.value.code == "ticket_unknown"

    def test_the_same_event_cannot_be_written_twice_and_nothing_of_the_second_is_kept(self, records):
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
        assert tickets(records.waiting_on("kabid")) == [case.ticket]
        assert list(records.unsent()) == []
        assert records.load_draft("a1") == draft()
        assert list(records.taken("visit/")) == []
        assert list(records.facts()) == []

    def test_of_many_clicks_at_once_exactly_one_writes(self, records, open_records):
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

    def test_a_ticket_already_taken_is_a_conflict_and_the_first_case_stays(self, records):
        first = write(records, application())
        other = application(form={"nama_ktp": "Budi"}, at=AT + timedelta(minutes=1))
        with pytest.raises(Conflict) as caught:
            records.commit(change(other))
        assert caught.value.code == "event_taken"
        assert records.load(first.ticket) == first

    # --- whose turn it is ----------------------------------------------------------------------------------------

    def test_cases_wait_on_whoever_has_to_act_longest_waiting_first(self, records):
        # Neither in the order of writing nor in that of the tickets.
        since = {number: AT + timedelta(minutes=7 * number % 5) for number in range(1, 5)}
        cases = [write(records, application("confirm", number=number, at=at)) for number, at in since.items()]
        write(records, application(number=9))
        in_order = sorted(cases, key=lambda case: case.events[-1].at)
        assert tickets(in_order) not in (tickets(cases), sorted(tickets(cases)))
        assert list(records.waiting_on("kadis")) == in_order
        assert tickets(records.waiting_on(APPLICANT)) == [a_ticket(9)]
        assert list(records.waiting_on("kabid")) == []

    def test_waiting_begins_anew_with_every_turn(self, records):
        first, second = (write(records, application("confirm", number=n, at=AT + timedelta(hours=n))) for n in (1, 2))
        records.commit(change(after(second, "forward", at=AT + timedelta(hours=8))))
        records.commit(change(after(first, "forward", at=AT + timedelta(hours=9))))
        assert tickets(records.waiting_on("kabid")) == [second.ticket, first.ticket]

    def test_a_case_passes_from_one_list_to_the_next(self, records):
        case = write(records, application("confirm"))
        records.commit(change(after(case, "forward")))
        assert list(records.waiting_on("kadis")) == []
        assert tickets(records.waiting_on("kabid")) == [case.ticket]

    @pytest.mark.parametrize("state", [State.DONE, State.REJECTED, State.WITHDRAWN, State.LAPSED])
    def test_a_closed_case_waits_on_nobody(self, records, state):
        step = next(step for step, other in reachable() if other is state)
        case = write(records, application_in(step, state))
        assert case.is_closed
        for role in (APPLICANT, "pemohon", "kadis", "kabid", "verifikator", ""):
            assert list(records.waiting_on(role)) == []
            assert records.count_waiting(role) == 0

    def test_the_waiting_are_counted_as_they_are_listed(self, records):
        assert records.count_waiting("kadis") == 0
        for number in range(1, 4):
            write(records, application("confirm", number=number))
        write(records, application("confirm", "forward", number=4))
        write(records, application("confirm", "reject", number=5))
        write(records, application(number=6))
        for role, many in (("kadis", 3), ("kabid", 1), ("verifikator", 0), (APPLICANT, 1), ("", 0), ("kadi", 0)):
            assert records.count_waiting(role) == len(list(records.waiting_on(role))) == many

    def test_picking_another_visit_does_not_lose_the_place_in_the_list(self, records):
        first = write(records, application_in("kunjungan", State.BOOKED, number=1))
        second = application_in("kunjungan", State.INVITED, number=2)
        write(records, after(second, "book", at=first.events[-1].at + timedelta(minutes=1)))
        records.commit(change(after(first, "book")))
        assert tickets(records.waiting_on("verifikator")) == [first.ticket, second.ticket]

    def test_cases_may_be_moved_while_going_through_the_list(self, records):
        for number in range(1, 5):
            write(records, application("confirm", number=number))
        for case in records.waiting_on("kadis"):
            records.commit(change(after(case, "forward")))
        assert list(records.waiting_on("kadis")) == []
        assert len(list(records.waiting_on("kabid"))) == 4

    # --- drafts --------------------------------------------------------------------------------------------------

    def test_a_draft_comes_back_as_it_was_saved(self, records, open_records):
        for number, made in enumerate([draft(), draft(documents=()), draft(mends=a_ticket(), items=("ktp", "nip"))]):
            kept = replace(made, id=f"d{number}")
            records.save_draft(kept)
            assert open_records().load_draft(kept.id) == kept

    def test_an_unknown_draft_is_not_found(self, records):
        with pytest.raises(NotFound) as caught:
            records.load_draft("a1")
        assert caught.value.code == "draft_unknown"

    @pytest.mark.parametrize(("kept", "saved"), [(0, 2), (1, 1), (1, 3), (2, 1), (2, 2)])
    def test_a_draft_is_saved_only_over_the_version_before_it(self, records, kept, saved):
        for version in range(1, kept + 1):
            records.save_draft(draft(version=version))
        with pytest.raises(Conflict) as caught:
            records.save_draft(draft(version=saved, form={"opd": "lain"}), [a_notice("a1")])
        assert caught.value.code == "draft_changed"
        assert list(records.unsent()) == []
        with contextlib.suppress(NotFound):
            assert records.load_draft("a1") == draft(version=kept)

    def test_of_many_savings_at_once_exactly_one_is_kept(self, records, open_records):
        records.save_draft(draft())
        handles = [open_records() for _ in range(6)]
        outcomes = at_once(6, lambda number: handles[number].save_draft(draft().with_form({"opd": str(number)})))
        assert outcomes.count("draft_changed") == 5
        assert records.load_draft("a1").form == {"opd": str(outcomes.index(None))}

    def test_saving_a_draft_owes_its_email_in_the_same_transaction(self, records):
        records.save_draft(draft(), [a_notice("a1", event=0)])
        assert [n.about for n in records.unsent()] == ["a1"]

    def test_a_case_and_the_draft_it_came_from_are_written_together(self, records):
        records.save_draft(draft())
        case = application()
        records.commit(change(case, draft=draft().sent_as(case.ticket)))
        assert records.load_draft("a1").ticket == case.ticket

    def test_a_draft_that_has_moved_on_keeps_the_case_from_being_written(self, records):
        records.save_draft(draft())
        sent = draft().sent_as(a_ticket())
        records.save_draft(draft().with_form({"opd": "lain"}))
        case = application()
        with pytest.raises(Conflict) as caught:
            records.commit(change(case, draft=sent, notices=owed_by(case)))
        assert caught.value.code == "draft_changed"
        with pytest.raises(NotFound):
            records.load(case.ticket)
        assert list(records.unsent()) == []

    def test_drafts_are_found_by_age_oldest_first(self, records):
        for id, hours in (("younger", 2), ("oldest", 9), ("young", 1), ("older", 4)):
            records.save_draft(draft(id=id, created_at=AT - timedelta(hours=hours)))
        assert [found.id for found in records.drafts_before(AT - timedelta(hours=2))] == ["oldest", "older"]

    def test_a_draft_is_forgotten_also_twice(self, records):
        records.save_draft(draft())
        records.delete_draft("a1")
        records.delete_draft("a1")
        with pytest.raises(NotFound):
            records.load_draft("a1")

    # --- owed emails ---------------------------------------------------------------------------------------------

    def test_an_email_comes_back_as_it_was_owed(self, records):
        owed = a_notice(
            name="Siti – Ny.", occasion="again", queued_at=AT, due_at=AT + timedelta(seconds=1, microseconds=5)
        )
        records.owe([owed])
        assert list(records.unsent()) == [owed]

    def test_a_case_and_the_emails_it_owes_are_written_together(self, records):
        case = write(records, application())
        confirmed = after(case, "confirm")
        records.commit(change(confirmed, notices=owed_by(confirmed)))
        assert sorted(n.identity for n in records.unsent()) == sorted(n.identity for n in owed_by(confirmed))
        assert {n.letter for n in records.unsent()} == {"received", "turn"}

    def test_the_same_email_is_owed_once_even_within_one_change(self, records):
        case = application()
        records.commit(change(case, notices=[a_notice(), a_notice(), a_notice(occasion="again")]))
        assert sorted(n.occasion for n in records.unsent()) == ["", "again"]

    def test_owing_what_is_owed_already_leaves_it_as_it_is(self, records):
        records.owe([a_notice()])
        held = records.claim_notice(AT, LEASE)
        records.owe([a_notice(due_at=AT - timedelta(days=1))])
        assert list(records.unsent()) == [held]
        records.settle_notice(held.delivered(AT))
        records.owe([a_notice()])
        assert list(records.unsent()) == []
        assert records.claim_notice(AT + timedelta(days=9), LEASE) is None

    def test_only_what_is_due_is_claimed_longest_due_first(self, records):
        due = {"late": AT + timedelta(seconds=2), "now": AT, "early": AT - timedelta(hours=3)}
        records.owe([a_notice(about, due_at=at) for about, at in due.items()])
        assert records.claim_notice(AT, LEASE).about == "early"
        assert records.claim_notice(AT, LEASE).about == "now"
        assert records.claim_notice(AT, LEASE) is None
        assert records.claim_notice(AT + timedelta(seconds=2), LEASE).about == "late"

    def test_hours_of_different_zones_are_compared_as_moments(self, records):
        records.owe(
            [a_notice("later", due_at=AT.astimezone(UTC)), a_notice("sooner", due_at=AT - timedelta(minutes=1))]
        )
        assert records.claim_notice(AT.astimezone(UTC), LEASE).about == "sooner"
        assert records.claim_notice(AT.astimezone(UTC), LEASE).about == "later"

    def test_a_held_email_is_due_again_only_when_the_lease_is_over(self, records):
        records.owe([a_notice()])
        held = records.claim_notice(AT, LEASE)
        assert (held.attempts, held.due_at) == (1, AT + LEASE)
        assert records.claim_notice(AT + LEASE - MOMENT, LEASE) is None
        assert records.claim_notice(AT + LEASE, LEASE) == held.held(AT + LEASE + LEASE)

    def test_a_failure_is_kept_with_its_reason_and_tried_again_later(self, records):
        records.owe([a_notice()])
        pauses = []
        now = AT
        for _ in range(4):
            failed = records.claim_notice(now, LEASE).failed("451 try later", now)
            records.settle_notice(failed)
            assert list(records.unsent()) == [failed]
            assert records.claim_notice(failed.due_at - MOMENT, LEASE) is None
            pauses.append((failed.due_at - now).total_seconds())
            now = failed.due_at
        assert pauses == [10, 20, 40, 80]

    def test_a_hopeless_email_is_not_tried_again_but_stays_visible(self, records):
        records.owe([a_notice()])
        hopeless = records.claim_notice(AT, LEASE).failed("550 no such user", AT, hopeless=True)
        records.settle_notice(hopeless)
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None
        assert list(records.unsent()) == [hopeless]

    def test_an_email_that_was_dropped_is_on_no_list_and_no_sender_brings_it_back(self, records):
        records.owe([a_notice()])
        held = records.claim_notice(AT, LEASE)
        records.settle_notice(held.dropped(AT))
        records.settle_notice(held.failed("timed out", AT))
        assert list(records.unsent()) == []
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None
        records.owe([a_notice()])
        assert list(records.unsent()) == [], "owed once, and that is over"

    @pytest.mark.parametrize("hopeless", [False, True])
    def test_a_dropped_email_is_owed_no_more_whether_it_was_hopeless_or_not(self, records, hopeless):
        records.owe([a_notice()])
        held = records.claim_notice(AT, LEASE)
        records.settle_notice(replace(held, hopeless=hopeless, dropped_at=AT))
        assert list(records.unsent()) == []
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None

    def test_a_sender_who_lost_the_lease_cannot_undo_what_the_next_one_did(self, records):
        records.owe([a_notice()])
        slow = records.claim_notice(AT, LEASE)
        quick = records.claim_notice(AT + LEASE, LEASE)
        records.settle_notice(slow.failed("timed out", AT + LEASE))
        assert list(records.unsent()) == [quick]
        records.settle_notice(quick.delivered(AT + LEASE))
        records.settle_notice(slow.failed("timed out", AT + LEASE, hopeless=True))
        assert list(records.unsent()) == []

    def test_a_sender_who_lost_the_lease_but_sent_has_sent(self, records):
        records.owe([a_notice()])
        slow = records.claim_notice(AT, LEASE)
        quick = records.claim_notice(AT + LEASE, LEASE)
        records.settle_notice(slow.delivered(AT + LEASE))
        records.settle_notice(quick.failed("timed out", AT + LEASE))
        assert list(records.unsent()) == []

    def test_unsent_emails_are_listed_oldest_first(self, records):
        for about, hours in (("second", 2), ("first", 3), ("third", 1)):
            records.owe([a_notice(about, queued_at=AT - timedelta(hours=hours))])
        assert [n.about for n in records.unsent()] == ["first", "second", "third"]

    def test_of_many_senders_at_once_each_email_is_claimed_by_one(self, records, open_records):
        records.owe([a_notice(f"T{number}") for number in range(40)])
        handles = [open_records() for _ in range(5)]

        def drain(number: int) -> list[str]:
            claimed = []
            while held := handles[number].claim_notice(AT, LEASE):
                handles[number].settle_notice(held.delivered(AT))
                claimed.append(held.about)
            return claimed

        claimed = [about for abouts in at_once(5, drain) for about in abouts]
        assert sorted(claimed) == sorted(f"T{number}" for number in range(40))
        assert list(records.unsent()) == []

    # --- claims --------------------------------------------------------------------------------------------------

    def test_a_claim_is_held_by_one_case_only_and_the_other_writes_nothing(self, records):
        records.commit(change(application(number=1), claims=["visit/0800/1"]))
        other = application(number=2)
        with pytest.raises(Conflict) as caught:
            records.commit(change(other, claims=["visit/0830/1", "visit/0800/1"], notices=owed_by(other)))
        assert caught.value.code == "claim_taken"
        assert list(records.taken("visit/")) == ["visit/0800/1"]
        with pytest.raises(NotFound):
            records.load(other.ticket)
        assert list(records.unsent()) == []

    def test_a_claim_of_ones_own_may_be_claimed_again(self, records):
        case = application()
        records.commit(change(case, claims=["visit/0800/1"]))
        records.commit(change(after(case, "confirm"), claims=["visit/0800/1"]))
        assert list(records.taken("visit/")) == ["visit/0800/1"]

    def test_a_claim_given_up_is_free_for_others(self, records):
        case = application()
        records.commit(change(case, claims=["visit/0800/1"]))
        records.commit(change(after(case, "confirm"), claims=["visit/0900/1"], releases=["visit/0800/1"]))
        assert list(records.taken("visit/")) == ["visit/0900/1"]
        records.commit(change(application(number=2), claims=["visit/0800/1"]))
        assert sorted(records.taken("visit/")) == ["visit/0800/1", "visit/0900/1"]

    def test_only_the_holder_can_give_a_claim_up(self, records):
        records.commit(change(application(number=1), claims=["visit/0800/1"]))
        records.commit(change(application(number=2), releases=["visit/0800/1", "visit/never"]))
        assert list(records.taken("visit/")) == ["visit/0800/1"]

    def test_claims_are_listed_by_the_plain_beginning_of_their_name(self, records):
        names = ["visit/a_1", "visit/ab1", "visit/a%1", "visitor", "other"]
        records.commit(change(application(), claims=names))
        assert list(records.taken("visit/a_")) == ["visit/a_1"]
        assert list(records.taken("visit/a%")) == ["visit/a%1"]
        assert sorted(records.taken("visit/")) == ["visit/a%1", "visit/a_1", "visit/ab1"]
        assert list(records.taken("nothing/")) == []

    def test_of_many_claims_at_once_exactly_one_is_kept(self, records, open_records):
        handles = [open_records() for _ in range(6)]

        def book(number: int) -> object:
            return handles[number].commit(change(application(number=number), claims=["visit/0800/1"]))

        outcomes = at_once(6, book)
        assert outcomes.count("claim_taken") == 5
        assert tickets(records.waiting_on(APPLICANT)) == [a_ticket(outcomes.index(None))]

    # --- officials, editions, numbers, facts ---------------------------------------------------------------------

    def test_officials_come_back_in_order_of_appointment(self, records):
        appointed = [
            official("kadis"),
            official("kabid", since=None, number="198001012005011001"),
            official("kadis", capacity="Plt.", decree="800/12", since=date(2026, 8, 1), until=date(2026, 8, 9)),
            official("verifikator"),
        ]
        for person in appointed:
            records.appoint(person)
        assert list(records.officials()) == appointed

    def test_an_appointment_of_the_same_role_address_and_day_is_replaced(self, records):
        records.appoint(official("kadis"))
        records.appoint(official("kabid"))
        ended = official("kadis", email="Kadis@TarakanKota.go.id", until=date(2026, 7, 31))
        records.appoint(ended)
        assert list(records.officials()) == [ended, official("kabid")]

    def test_an_edition_of_the_sop_is_kept_once(self, records):
        sop = a_sop()
        records.keep_sop(sop.version, sop.snapshot())
        records.keep_sop(sop.version, "{}")
        assert records.sop(sop.version) == sop.snapshot()
        with pytest.raises(NotFound) as caught:
            records.sop("another")
        assert caught.value.code == "sop_unknown"

    def test_numbers_run_per_series(self, records):
        assert [records.next_number("agenda-2026") for _ in range(3)] == [1, 2, 3]
        assert records.next_number("agenda-2027") == 1
        assert records.next_number("agenda-2026") == 4

    def test_no_number_is_given_twice(self, records, open_records):
        handles = [open_records() for _ in range(5)]
        given = at_once(5, lambda number: [handles[number].next_number("agenda") for _ in range(8)])
        numbers = [number for row in given for number in row]
        assert len(set(numbers)) == len(numbers) == 40

    def test_facts_of_closed_cases_are_kept(self, records):
        facts = []
        for number in (1, 2):
            case = application("withdraw", number=number)
            write(records, application(number=number))
            fact = {"ticket": case.ticket, "outcome": "withdrawn", "minutes": {"ajukan": 12}, "office": "Dinas – A"}
            records.commit(change(case, fact=fact))
            facts.append(fact)
        assert sorted(records.facts(), key=str) == sorted(facts, key=str)

    def test_facts_are_found_by_the_year_month_or_day_of_closing(self, records):
        days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-10-01"]
        for number, day in enumerate(days, 1):
            case = application("withdraw", number=number)
            write(records, application(number=number))
            records.commit(change(case, fact={"ticket": case.ticket, "closed": day}))
        found = {
            asked: [fact["closed"] for fact in records.facts(asked)] for asked in ("2026", "2026-01", *days, "2027")
        }
        assert found == {"2026": days[1:], "2026-01": days[1:3], **{day: [day] for day in days}, "2027": []}

    def test_facts_are_found_later_than_a_day_and_come_by_day_of_closing(self, records):
        days = ["2026-10-01", "2026-01-31", "2026-01-01", "2025-12-31", "2026-01-31"]
        for number, day in enumerate(days, 1):
            case = application("withdraw", number=number)
            write(records, application(number=number))
            records.commit(change(case, fact={"ticket": case.ticket, "closed": day}))
        asked = ("2025-12-31", "2026-01-30", "2026-01-31", "2026-10-01", "")
        found = [[fact["closed"] for fact in records.facts_after(day)] for day in asked]
        in_order = sorted(days)
        assert found == [in_order[1:], in_order[2:], in_order[4:], [], in_order]
        assert [fact["closed"] for fact in records.facts()] == in_order

    # --- the recap's sums ----------------------------------------------------------------------------------------

    def test_a_tally_comes_back_as_it_was_kept(self, records, open_records):
        summed = {"months": {"2026-08": {"": {"returns": 0}, "Dinas – A": {"ends": {"": 2}}}}, "steps": {"a": {"0": 2}}}
        kept = Compiled("2026-08", "2026-08-31", 2)
        records.keep_tally(kept, summed)
        assert list(open_records().tallies()) == [(kept, summed)]
        assert list(open_records().compiled()) == [kept]

    def test_a_month_has_one_tally_the_newest(self, records):
        records.keep_tally(Compiled("2026-08", "2026-08-14", 1), {"steps": {"a": {"5": 1}}})
        records.keep_tally(Compiled("2026-08", "2026-08-15", 2), {"steps": {"a": {"5": 2}}})
        assert list(records.tallies()) == [(Compiled("2026-08", "2026-08-15", 2), {"steps": {"a": {"5": 2}}})]
        assert list(records.compiled()) == [Compiled("2026-08", "2026-08-15", 2)]

    def test_tallies_come_oldest_month_first_or_that_of_one_month(self, records):
        months = ["2026-12", "2026-02", "2025-12", "2027-01"]
        for cases, month in enumerate(months):
            records.keep_tally(Compiled(month, f"{month}-28", cases), {"months": {month: {}}})
        assert [each.month for each in records.compiled()] == sorted(months)
        assert [each.month for each, _ in records.tallies()] == sorted(months)
        assert list(records.tallies("2025-12")) == [(Compiled("2025-12", "2025-12-28", 2), {"months": {"2025-12": {}}})]
        assert list(records.tallies("2026-11")) == []
