"""Documents that are optional, needed by an answer only, or may be several files; and cases of before, as they were."""

from dataclasses import replace

import pytest

from portal.core.application import Application
from portal.core.draft import Draft, requirement_of
from portal.core.errors import NotAllowed
from portal.core.requirements import Condition, Requirement, brought
from portal.engines import entries
from tests.support.builders import AT, a_sop, a_ticket, document, draft

SK = Requirement("sk", "SK terakhir", "", "", files=3)
KTP = Requirement("ktp", "KTP-el", "", "", optional=True)
SURAT = Requirement("surat", "Surat", "", "", required_if=Condition("status", ("PNS", "PPPK"), "Wajib bagi ASN."))


def test_an_entry_that_says_nothing_more_is_one_file_that_everybody_brings() -> None:
    requirement = Requirement.from_entry({"key": "ktp", "label": "KTP-el", "hint": "Foto"})
    assert requirement == Requirement("ktp", "KTP-el", "Foto", "")
    assert requirement.kinds == ("ktp",)
    assert requirement.is_needed({})
    assert not requirement.depends_on({"status"})
    assert (SURAT.depends_on({"status", "nip"}), SURAT.depends_on({"nip"})) == (True, False)


def test_an_entry_may_say_when_and_how_many() -> None:
    entry = {
        "key": "sk",
        "label": "SK",
        "hint": "",
        "files": 2,
        "required_if": {"field": "a", "is": ["b"], "words": "c"},
    }
    requirement = Requirement.from_entry(entry)
    assert requirement.required_if == Condition("a", ("b",), "c")
    assert requirement.kinds == ("sk", "sk-2")


@pytest.mark.parametrize(
    ("requirement", "form", "needed"),
    [
        (SK, {}, True),
        (KTP, {}, False),
        (SURAT, {}, False),
        (SURAT, {"status": "Lainnya"}, False),
        (SURAT, {"status": "PPPK"}, True),
        (SURAT, {"status": ["Lainnya", "PNS"]}, True),
        (SURAT, {"status": []}, False),
    ],
)
def test_a_document_is_needed_as_the_answers_say(
    requirement: Requirement, form: dict[str, object], needed: bool
) -> None:
    assert requirement.is_needed(form) is needed


def test_each_file_has_a_place_and_a_name_of_its_own() -> None:
    assert SK.kinds == ("sk", "sk-2", "sk-3")
    assert [SK.label_of(kind) for kind in SK.kinds] == ["SK terakhir", "SK terakhir (2)", "SK terakhir (3)"]
    assert [requirement_of(kind) for kind in SK.kinds] == ["sk", "sk", "sk"]


def test_files_are_listed_in_the_sops_order_whichever_came_first() -> None:
    files = [document("sk-3"), document("ktp"), document("sk"), document("lain")]
    assert [(label, each.kind) for label, each in brought([KTP, SK, SURAT], files)] == [
        ("KTP-el", "ktp"), ("SK terakhir", "sk"), ("SK terakhir (3)", "sk-3"),
    ]  # fmt: skip


def test_a_draft_keeps_several_files_of_one_document_and_loses_them_one_by_one() -> None:
    kept = draft(documents=())
    for kind in ("ktp", "ktp-2", "ktp-3"):
        kept = kept.with_document(document(kind))
    kept = kept.with_document(document("ktp-2", sha256="0" * 64))
    assert [each.kind for each in kept.documents] == ["ktp", "ktp-3", "ktp-2"]
    assert [each.kind for each in kept.without_document("ktp").documents] == ["ktp-3", "ktp-2"]


def test_while_mending_every_file_of_what_was_named_may_change_and_no_other() -> None:
    mending = draft(mends=a_ticket(), items=("ktp",))
    assert mending.with_document(document("ktp-2")).document("ktp-2")
    with pytest.raises(NotAllowed, match="not_to_be_mended"):
        mending.with_document(document("surat_permohonan-2"))


def test_the_chain_covers_every_file() -> None:
    several = Draft("a1", "contoh", {}, AT, (document("ktp"), document("ktp-2", sha256="0" * 64)))
    sop = a_sop()
    case = Application.submit(several, ticket=a_ticket(), documents=several.documents, sop=sop, at=AT)
    assert case.events[0].data["documents"] == {"ktp": document("ktp").sha256, "ktp-2": "0" * 64}
    assert case.first_damage() is None
    swapped = replace(case, documents=(document("ktp"), document("ktp-2", sha256="1" * 64)))
    assert swapped.first_damage() == 1


def test_what_is_stored_of_several_files_is_read_back() -> None:
    several = draft(documents=(document("ktp"), document("ktp-2")))
    assert entries.draft(entries.draft_entry(several)) == several


def test_a_further_file_is_called_by_its_number_also_where_its_key_has_a_hyphen() -> None:
    decree = Requirement("sk-terakhir", "SK terakhir", "", "", files=2)
    assert [decree.label_of(kind) for kind in ("sk-terakhir", "sk-terakhir-2")] == ["SK terakhir", "SK terakhir (2)"]
