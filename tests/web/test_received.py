"""After the hand-over the owner may say that it has arrived: once, and nothing else follows from it."""

import pytest

from portal.core.errors import NotAllowed
from portal.usecases.upkeep import Upkeep
from tests.support.holder import Holder, holder, words
from tests.support.office_days import mail_to
from tests.support.stage import Stage
from tests.support.ways import EMAIL


def all_told(siti: Holder) -> tuple[object, ...]:
    """What counts and follows from a case that is closed."""
    stage = siti.stage
    facts = list(stage.records.facts("penerbitan"))
    return facts, list(stage.records.certificates("penerbitan")), len(stage.mail())


def test_the_owner_confirms_once_and_nothing_else_changes(stage: Stage) -> None:
    siti = holder(stage, "done")
    closed, before = siti.case.events[-1], all_told(siti)
    public = stage.browser().get(f"/status/{siti.number}", headers={"Accept": "application/json"}).get_json()
    stage.clock.forward(hours=2)
    page = siti.submit("", "sudah saya terima")
    assert "Terima kasih, penerimaan tercatat" in words(page)
    assert "Penerimaan dikonfirmasi pemilik" in words(siti.get())
    assert "sudah saya terima" not in words(siti.get())
    case = stage.cases.receive(siti.case)
    assert [event.action for event in case.events].count("receive") == 1
    assert (case.closing, case.state, case.first_damage()) == (closed, "done", None)
    assert all_told(siti) == before
    Upkeep(stage.office).look_after_register()
    assert all_told(siti) == before
    after = stage.browser().get(f"/status/{siti.number}", headers={"Accept": "application/json"}).get_json()
    assert {**after, "history": after["history"][:-1]} == public
    assert closed.hash in siti.get("/serah-terima").text


def test_nobody_confirms_what_was_not_handed_over(stage: Stage) -> None:
    siti = holder(stage, "ready")
    assert "Sudah Anda terima?" not in words(siti.get())
    with pytest.raises(NotAllowed, match="action_not_now"):
        stage.cases.receive(siti.case)
    assert siti.case.state == "ready"
    assert siti.get("/terima").url == f"http://localhost/permohonan/{siti.number}"


def test_the_letter_of_the_hand_over_says_where(stage: Stage) -> None:
    holder(stage, "done")
    (mail,) = mail_to(stage, EMAIL, "Tanda terima")
    assert "mengonfirmasi bahwa Sertifikat Elektronik sudah Anda terima" in mail["text"]
