"""What a case remembers of what happened, and how an event is written down and read back."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal.core.application import Actor, Application, Event
from portal.core.errors import NotAllowed, NotFound
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State
from tests.support.moments import MONDAY, along, at, move, moved
from tests.support.walk import DRAFT, KTP, MORNING, TICKET, Walk, official
from tests.support.ways import FORM, SAYS, TO_VERIFIKATOR, TO_VISIT, WAYS


def test_the_first_event_is_the_sending_by_the_applicant(sop: Sop) -> None:
    case = Application.submit(DRAFT, ticket=TICKET, documents=(KTP,), sop=sop, at=MORNING)
    assert (case.ticket, case.service, case.sop_version) == (TICKET, "penerbitan", sop.version)
    assert (case.form, case.documents, case.step, case.state) == (
        DRAFT.form, (KTP,), "pengajuan", State.UNCONFIRMED,
    )  # fmt: skip
    (sent,) = case.events
    assert (sent.number, sent.action, sent.at, sent.step, sent.state) == (
        1, "submit", MORNING, "pengajuan", State.UNCONFIRMED,
    )  # fmt: skip
    assert sent.actor == Actor(APPLICANT, "Siti Contoh", "", "siti@tarakankota.go.id", "")


def test_every_event_says_what_was_decided_by_whom_and_where_it_led(sop: Sop) -> None:
    case = Walk(sop).confirm().decide("return", items=["ktp"], reason="lainnya", note="x").case
    confirmed, returned = case.events[1:]
    assert (confirmed.action, confirmed.data) == ("confirm", {"agenda": "1", "email": "siti@tarakankota.go.id"})
    assert (returned.number, returned.action, returned.at) == (3, "return", MORNING + timedelta(minutes=2))
    assert (returned.step, returned.state, returned.actor) == ("telaah_kadis", State.RETURNED, official("kadis"))
    assert returned.data == {"items": ["ktp"], "reason": "lainnya", "note": "x"}
    assert case.version == 3


def test_the_mending_says_what_was_named_and_fingerprints_what_came(sop: Sop) -> None:
    before = Walk(sop).confirm().decide("return", items=["ktp"], reason="lainnya").case
    again = replace(KTP, sha256="cd" * 32)
    draft = replace(DRAFT, form={**DRAFT.form, "jabatan": "Analis"}, items=("ktp", "jabatan"), mends=TICKET)
    case = before.resubmit(draft, documents=(again,), sop=sop, at=MORNING + timedelta(days=1))

    newest = case.events[-1]
    assert (newest.action, newest.data["items"], newest.data["documents"]) == (
        "resubmit", ["ktp", "jabatan"], {"ktp": "cd" * 32},
    )  # fmt: skip
    assert newest.data["form"] != case.events[0].data["form"]
    assert (case.form, case.documents) == (draft.form, (again,))


def test_a_booking_says_when_and_which_seat(sop: Sop) -> None:
    slot = datetime.fromisoformat("2026-11-25T08:30+08:00")
    case = Walk(sop).to_bsre().decide("accept", "invite").book(slot).case
    assert case.events[-1].data == {"slot": "2026-11-25T08:30:00+08:00", "seat": "visit/x/0"}


def test_withdrawing_and_lapsing_say_by_whom(sop: Sop) -> None:
    case = along(sop)
    assert case.withdraw(sop=sop, at=MONDAY).events[-1].actor.role == APPLICANT
    lapsed = case.lapse(sop=sop, at=MONDAY).events[-1]
    assert (lapsed.actor, lapsed.data) == (Actor("portal"), {})


def test_an_event_is_read_back_as_it_was_written(sop: Sop) -> None:
    case = along(sop, *WAYS["done"])
    for event in case.events:
        assert Event.from_entry(json.loads(json.dumps(event.entry()))) == event
    assert case.events[1].entry() == {
        "number": 2,
        "action": "confirm",
        "at": "2026-11-23T08:01:00+08:00",
        "step": "telaah_kadis",
        "state": "waiting",
        "actor": {
            "role": APPLICANT, "name": "SITI RAHASIA", "office": "", "email": FORM["email"], "number": "",
        },
        "data": {"agenda": "12", "email": FORM["email"]},
        "previous": case.events[0].hash,
        "hash": case.events[1].hash,
    }  # fmt: skip


def test_what_was_recorded_returned_and_numbered_is_asked_of_the_newest_event_of_its_kind(sop: Sop) -> None:
    assert (along(sop).agenda, along(sop).certificate, along(sop).returned) == ("", {}, {})
    done = along(sop, *WAYS["done"])
    assert (done.agenda, done.certificate) == ("12", SAYS["record"])

    twice = along(sop, "confirm", "return", "resubmit")
    twice = move(twice, "return", MONDAY + timedelta(days=1), sop, {"items": ["sk"], "reason": "lainnya"})
    assert twice.returned == {"items": ["sk"], "reason": "lainnya"}
    assert (twice.round, along(sop, *WAYS["mended"]).round, along(sop).round) == (2, 2, 1)


def test_a_visit_is_agreed_from_the_booking_until_it_is_over(sop: Sop) -> None:
    booked = along(sop, *WAYS["booked"])
    assert booked.slot == booked.events[-1].at + timedelta(days=1)
    assert [along(sop, *WAYS[state]).slot for state in ("invited", "missed", "handover")] == [None, None, None]


def test_it_has_been_where_it_is_since_it_came_there(sop: Sop) -> None:
    """Picking another visit changes neither step nor state; coming back to a state begins anew."""
    case = moved(sop, ("submit", at("11-23 08.00")))
    assert case.since == at("11-23 08.00")
    case = along(sop, *TO_VISIT, "invite", "book")
    agreed = case.events[-1].at
    case = case.book(agreed + timedelta(days=2), "visit/x/1", sop=sop, at=agreed + timedelta(hours=1))
    assert case.since == agreed
    missed = move(case, "miss", agreed + timedelta(days=2), sop)
    again = move(missed, "book", agreed + timedelta(days=3), sop)
    assert (missed.since, again.since) == (agreed + timedelta(days=2), agreed + timedelta(days=3))


def test_the_turn_began_with_the_step_or_with_coming_back_mended(sop: Sop) -> None:
    def turn(*actions: str) -> int:
        return along(sop, *actions).turn.number

    assert [turn(), turn("confirm"), turn("confirm", "forward")] == [1, 2, 3]
    assert [turn("confirm", "return"), turn("confirm", "return", "resubmit")] == [2, 4]
    assert turn(*TO_VERIFIKATOR, "dispatch", "refuse", "dispatch") == 5
    assert turn(*TO_VISIT, "invite", "book", "miss") == 7
    assert turn(*WAYS["done"]) == 10


def test_each_event_happened_at_the_step_that_the_one_before_led_to(sop: Sop) -> None:
    case = along(sop, "confirm", "forward")
    assert [case.step_before(event) for event in case.events] == ["pengajuan", "pengajuan", "telaah_kadis"]


@pytest.mark.parametrize(
    ("state", "may"),
    [("unconfirmed", {"confirm", "withdraw"}), ("waiting", {"withdraw"}), ("returned", {"resubmit", "withdraw"}),
     ("sent", set()), ("invited", {"book"}), ("booked", {"book"}), ("done", set())],
)  # fmt: skip
def test_what_the_applicant_may_do(sop: Sop, state: str, may: set[str]) -> None:
    case = along(sop, *WAYS[state])
    actions = ("confirm", "withdraw", "resubmit", "book", "forward")
    assert {action for action in actions if case.may(action, sop)} == may


def test_a_document_is_found_by_its_kind_or_is_unknown(sop: Sop) -> None:
    case = along(sop)
    assert [case.document(document.kind) for document in case.documents] == list(case.documents)
    with pytest.raises(NotFound, match="document_unknown"):
        case.document("paspor")


def test_the_last_stretch_of_time_ends_now_or_with_the_case(sop: Sop) -> None:
    later = MONDAY + timedelta(days=5)
    open_case, rejected = along(sop, "confirm"), along(sop, "confirm", "reject")
    assert list(open_case.spans(later)) == [
        ("pengajuan", State.UNCONFIRMED, MONDAY, MONDAY + timedelta(minutes=1)),
        ("telaah_kadis", State.WAITING, MONDAY + timedelta(minutes=1), later),
    ]
    closed = MONDAY + timedelta(minutes=2)
    assert list(rejected.spans(later))[-1] == ("telaah_kadis", State.REJECTED, closed, closed)


def test_a_refused_decision_says_what_was_tried_and_where_the_case_is(sop: Sop) -> None:
    case = along(sop, "confirm", "return")
    with pytest.raises(NotAllowed, match="action_not_now") as refusal:
        case.decide("forward", {}, actor=official("kadis"), sop=sop, at=MONDAY)
    assert refusal.value.facts == {"action": "forward", "state": "returned"}
