"""Cases that began from one batch: which of them a disposition is of, and what whoever filled them in hears."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from portal.core import batch
from portal.core.application import Application
from portal.core.draft import Draft
from portal.core.notices import Notice
from portal.core.sop import FILLER, Sop
from tests.support.builders import AT, a_sop, a_ticket, after, application, document, draft

BATCH: Mapping[str, Any] = {"letter": "surat_permohonan", "name": "nama_pengisi", "email": "email_pengisi"}
FILLED = draft(id="b1", batch="b1", form={"nama_pengisi": "Budi", "email_pengisi": "budi@x.id"})


def with_batches(**batch: Any) -> Sop:
    sop = a_sop()
    return replace(sop, data={**sop.data, "batch": batch})


SOP = with_batches(**BATCH)


def member(number: int = 1, *actions: str, of: str = "b1", letter: str = "b" * 64) -> Application:
    """A case of a batch, with such a letter, after these actions."""
    sent = draft(batch=of, documents=(document("ktp"), document("surat_permohonan", sha256=letter)))
    made = Application.submit(sent, ticket=a_ticket(number), documents=sent.documents, sop=a_sop(), at=AT)
    for action in actions:
        made = after(made, action)
    return made


def disposed(number: int = 1, action: str = "forward", **differently: Any) -> Application:
    return member(number, "confirm", action, **differently)


def waiting(number: int, **differently: Any) -> Application:
    return member(number, "confirm", **differently)


def offered(case: Application, *others: Application, sop: Sop = SOP) -> list[str]:
    return [each.ticket for each in batch.of_one_letter(case, case.events[-1], others, sop)]


def test_a_disposition_is_of_those_of_the_same_letter_that_wait_at_the_same_step() -> None:
    same, further = waiting(2), disposed(3)
    others = same, further, waiting(4, letter="c" * 64), waiting(5, of="b2"), waiting(1)
    assert offered(disposed(), *others) == [same.ticket]


def test_what_judges_a_person_is_of_that_person_alone() -> None:
    assert offered(disposed(action="return"), waiting(2)) == []
    checked = member(1, "confirm", "forward", "forward", "dispatch")
    assert offered(checked, member(2, "confirm", "forward", "forward")) == []


def test_a_disposition_is_one_only_at_a_step_that_disposes() -> None:
    event = disposed().events[-1]
    assert batch.disposes(event, "disposisi_kadis", SOP)
    assert not batch.disposes(event, "pemeriksaan", SOP)
    assert not batch.disposes(replace(event, action="return"), "disposisi_kadis", SOP)


@pytest.mark.parametrize(
    ("case", "sop"),
    [
        (disposed(of=""), SOP),
        (disposed(), a_sop()),
        (disposed(), with_batches(letter="sk")),
        (disposed(), with_batches(name="nama_pengisi")),
    ],
)
def test_without_a_batch_or_a_letter_there_are_no_others(case: Application, sop: Sop) -> None:
    """Whose cases have no letter in common have none, and not the same one."""
    assert offered(case, waiting(2, of=case.batch), sop=sop) == []


def test_a_case_remembers_its_batch_and_one_of_its_own_has_none() -> None:
    assert (member().batch, waiting(2).batch, application("confirm").batch) == ("b1", "b1", "")


def test_whoever_filled_it_in_hears_of_a_return_and_reads_all_else() -> None:
    returned = disposed(action="return")
    assert batch.is_news(returned)
    assert not batch.is_news(after(returned, "resubmit"))
    assert not batch.is_news(disposed())
    assert not batch.is_news(disposed(action="return", of=""))

    told: Notice = batch.owed(returned, FILLED, SOP)
    assert (told.letter, told.role, told.name, told.recipient) == ("member_returned", FILLER, "Budi", "budi@x.id")
    assert (told.about, told.event, told.queued_at) == (returned.ticket, 3, returned.events[-1].at)


def test_a_filler_whom_the_batch_does_not_name_has_no_name() -> None:
    unnamed: Draft = replace(FILLED, form={"email_pengisi": "budi@x.id"})
    assert batch.owed(disposed(action="return"), unnamed, SOP).name == ""


def test_a_batch_gathers_each_once_in_a_version_of_its_own() -> None:
    gathered = replace(FILLED, version=3, members=("a", "b")).gathering(["b", "c", "b"])
    assert (gathered.members, gathered.version, gathered.form) == (("b", "c"), 4, FILLED.form)


def test_a_member_shares_what_lies_with_the_batch_and_has_what_lies_with_itself() -> None:
    own, lent = document(key="drafts/a1/ktp/checked"), document(key="mending/b1/surat/checked")
    of_batch = draft(batch="b1")
    assert (of_batch.shares(own), of_batch.shares(lent), draft().shares(lent)) == (False, True, False)


def test_the_batch_of_a_service_that_has_none_is_empty() -> None:
    assert a_sop().batch == {}
    assert SOP.batch == BATCH
