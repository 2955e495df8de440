"""What was typed and uploaded but not sent, for the first time and in mending."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.draft import Document, Draft, answers_to
from portal.core.errors import NotAllowed

SUNDAY = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
KTP = Document("ktp", "drafts/a1/ktp/1/checked", "v1", "ab" * 32, 1000, "image/png", 1, SUNDAY.isoformat(), "ktp.png")
SURAT = replace(KTP, kind="surat", key="drafts/a1/surat/1/checked")
FIRST = Draft("a1", "penerbitan", {"nama_ktp": "Siti", "jabatan": "Analis"}, SUNDAY)
MENDING = replace(FIRST, documents=(KTP, SURAT), mends="TTE-26-4F7K-9QXM", items=("jabatan", "ktp"))


def test_a_draft_begins_as_version_one_with_nothing_brought() -> None:
    assert (FIRST.version, FIRST.documents, FIRST.ticket, FIRST.mends, FIRST.items) == (1, (), "", "", ())


def test_what_is_typed_takes_the_place_of_all_that_was_typed_before() -> None:
    changed = FIRST.with_form({"nama_ktp": "Siti Contoh"})
    assert changed == replace(FIRST, form={"nama_ktp": "Siti Contoh"}, version=2)


def test_a_draft_keeps_what_was_typed_whatever_becomes_of_the_answers_handed_in() -> None:
    typed = {"nama_ktp": "Siti"}
    changed = FIRST.with_form(typed)
    typed["nama_ktp"] = "Orang Lain"
    assert changed.form == {"nama_ktp": "Siti"}


def test_a_mending_draft_changes_the_named_fields_only_and_drops_those_that_were_emptied() -> None:
    changed = MENDING.with_form({"nama_ktp": "Orang Lain", "jabatan": "Pranata"})
    assert changed == replace(MENDING, form={"nama_ktp": "Siti", "jabatan": "Pranata"}, version=2)
    assert MENDING.with_form({}).form == {"nama_ktp": "Siti"}


def test_a_document_takes_the_place_of_the_earlier_one_of_its_kind() -> None:
    two = FIRST.with_document(KTP).with_document(SURAT)
    again = replace(KTP, sha256="cd" * 32)
    assert (two.documents, two.version) == ((KTP, SURAT), 3)
    assert (two.with_document(again).documents, two.with_document(again).version) == ((SURAT, again), 4)


def test_a_document_can_be_taken_away() -> None:
    without = replace(FIRST, documents=(KTP, SURAT)).without_document("ktp")
    assert (without.documents, without.version) == ((SURAT,), 2)


def test_a_document_is_found_by_its_kind() -> None:
    assert MENDING.document("surat") == SURAT
    assert MENDING.document("sk") is None


def test_a_mending_draft_takes_and_gives_only_the_documents_that_were_named() -> None:
    again = replace(KTP, sha256="cd" * 32)
    assert MENDING.with_document(again).documents == (SURAT, again)
    with pytest.raises(NotAllowed) as refusal:
        MENDING.with_document(SURAT)
    assert (refusal.value.code, refusal.value.facts) == ("not_to_be_mended", {"item": "surat"})
    with pytest.raises(NotAllowed) as refusal:
        MENDING.without_document("surat")
    assert (refusal.value.code, refusal.value.facts) == ("not_to_be_mended", {"item": "surat"})


def test_files_of_a_mending_draft_lie_apart() -> None:
    assert (FIRST.folder, MENDING.folder) == ("drafts/a1/", "mending/a1/")


def test_a_draft_lives_for_some_days_from_its_beginning() -> None:
    assert FIRST.with_form({}).expires_at(7) == SUNDAY + timedelta(days=7)


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: sent.with_form({}),
        lambda sent: sent.with_document(KTP),
        lambda sent: sent.without_document("ktp"),
        lambda sent: sent.sent_as("TTE-26-7777-777M"),
    ],
)
def test_a_draft_that_was_sent_cannot_be_changed_nor_sent_again(change: Callable[[Draft], Draft]) -> None:
    sent = FIRST.sent_as("TTE-26-4F7K-9QXM")
    assert sent == replace(FIRST, ticket="TTE-26-4F7K-9QXM", version=2)
    with pytest.raises(NotAllowed) as refusal:
        change(sent)
    assert (refusal.value.code, refusal.value.facts) == ("draft_already_sent", {"ticket": "TTE-26-4F7K-9QXM"})


def test_of_answers_those_are_taken_that_are_asked_for() -> None:
    assert answers_to({"a": "1", "b": "2", "c": "3"}, {"a", "c", "d"}) == {"a": "1", "c": "3"}


def test_a_photo_is_what_a_document_is_made_of_unless_it_was_joined_from_several_or_is_a_pdf() -> None:
    joined = replace(KTP, media_type="application/pdf", sheets=(KTP, SURAT))
    assert (KTP.photos, joined.photos) == ((KTP,), (KTP, SURAT))
    assert replace(KTP, media_type="application/pdf").photos == ()
