"""Signed letters: who signed them is read, and what a signature does not cover whole is refused."""

import pytest

from portal.core.errors import DocumentRefused
from portal.documents.inspection import Limits, inspect, signatures
from tests.support.document_specimens import pdf, png
from tests.support.signed import added_to, changed, signed


def test_who_signed_is_the_subject_of_the_certificate() -> None:
    (signature,) = signatures(signed("Kepala Rekaan"))
    assert signature["by"] == "Common Name: Kepala Rekaan"
    assert signature["at"].startswith("20")


def test_several_may_sign_one_after_the_other_and_the_last_covers_all() -> None:
    found = signatures(signed("Sekretaris Rekaan", "Kepala Rekaan"))
    assert [signature["by"].rpartition(" ")[0] for signature in found] == [
        "Common Name: Sekretaris",
        "Common Name: Kepala",
    ]


def test_a_signed_letter_is_an_acceptable_document_and_kept_as_it_is() -> None:
    letter = signed("Kepala Rekaan")
    assert inspect(letter, Limits()).content == letter


@pytest.mark.parametrize(
    ("letter", "code"),
    [
        (pdf(), "document_unsigned"),
        (png(), "document_unsigned"),
        (added_to(signed("Kepala Rekaan")), "document_signed_partly"),
        (changed(signed("Kepala Rekaan")), "document_signature_broken"),
        (added_to(changed(signed("Kepala Rekaan"))), "document_signature_broken"),
        (signed("Kepala Rekaan")[:300], "document_damaged"),
    ],
)
def test_what_is_not_signed_as_a_whole_is_refused(letter: bytes, code: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        signatures(letter)
    assert refusal.value.code == code
