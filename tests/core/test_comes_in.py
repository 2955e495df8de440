"""What comes into a case besides an official's word: who mended it, a document brought, that the product arrived."""

from datetime import timedelta

from portal.core.steps import State
from tests.support.builders import AT, a_sop, application, application_in, document, draft, official


def test_who_has_mended_it_for_the_applicant_is_kept_and_nobody_where_he_did_so_himself() -> None:
    returned = application("confirm", "return")
    mending = draft(form=returned.form, mends=returned.ticket, items=("ktp",))
    at, brought = returned.events[-1].at + timedelta(hours=1), returned.documents
    mended = returned.resubmit(mending, documents=brought, sop=a_sop(), at=at, filler="Budi")
    assert mended.events[-1].data["filler"] == "Budi"
    assert "filler" not in returned.resubmit(mending, documents=brought, sop=a_sop(), at=at).events[-1].data


def test_an_official_who_brings_a_document_decides_on_the_case_with_it() -> None:
    before, letter = application("confirm"), document("surat_permohonan", sha256="c" * 64)
    at, actor = before.events[-1].at + timedelta(hours=1), official("kadis").as_actor(a_sop())
    brought = (before.documents[0], letter)
    case = before.decide("forward", {"note": "x"}, actor=actor, sop=a_sop(), at=at, documents=brought)
    event = case.events[-1]
    assert (case.documents, case.step, event.action, event.actor, event.at) == (
        brought, "disposisi_kabid", "forward", actor, at,
    )  # fmt: skip
    assert (event.data["note"], event.data["documents"]["surat_permohonan"]) == ("x", "c" * 64)
    assert case.first_damage() is None


def test_what_arrived_is_said_once() -> None:
    done = application_in("penyerahan", State.DONE)
    assert (done.is_received, done.receive(sop=a_sop(), at=AT + timedelta(days=9)).is_received) == (False, True)
