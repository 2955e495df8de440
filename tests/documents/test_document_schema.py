"""What is written down of a document fits its schema."""

import json
from typing import Any

import jsonschema
import pytest

from portal.documents import inspection
from portal.documents.inspection import JPEG, PDF, PNG
from tests.support import document_specimens as specimens
from tests.support.inspecting import LIMITS, inspect
from tests.support.places import SCHEMAS

SCHEMA = json.loads((SCHEMAS / "document.schema.json").read_text())


# --- What is accepted ----------------------------------------------------------------------------------------------


def test_what_is_accepted_fits_the_schema_of_a_document() -> None:
    for data in (specimens.pdf(pages=2), specimens.jpeg(), specimens.png()):
        jsonschema.validate(described(inspect(data)), SCHEMA)


# --- The schema ----------------------------------------------------------------------------------------------------


def described(found: inspection.Inspected) -> dict[str, Any]:
    return {
        "kind": "ktp",
        "key": "draf/4F7K9QXM/ktp/1.jpg",
        "version": "",
        "sha256": found.sha256,
        "size": found.size,
        "media_type": found.media_type,
        "pages": found.pages,
        "uploaded_at": "2026-11-22T01:30:00+00:00",
        "name": "Foto KTP (1).jpg",
    }


GOOD = {
    "kind": "surat_permohonan",
    "key": "tiket/TTE-26-4F7K-9QXM/surat_permohonan/1.pdf",
    "version": "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",
    "sha256": "0" * 64,
    "size": 5 * 1024 * 1024,
    "media_type": PDF,
    "pages": 20,
    "uploaded_at": "2026-11-22T01:30:00.123456Z",
    "name": "",
}


def test_the_schema_and_the_limits_agree() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(GOOD, SCHEMA)
    properties = SCHEMA["properties"]
    assert properties["size"]["maximum"] == LIMITS.max_bytes
    assert properties["pages"]["maximum"] == LIMITS.max_pages
    assert properties["media_type"]["enum"] == [PDF, JPEG, PNG]
    assert set(properties) == set(SCHEMA["required"]) == set(GOOD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "Surat permohonan"),
        ("key", "../rahasia"),
        ("key", "/etc/passwd"),
        ("key", "draf/../x"),
        ("version", None),
        ("sha256", "A" * 64),
        ("size", 0),
        ("size", 5 * 1024 * 1024 + 1),
        ("media_type", "image/heic"),
        ("media_type", JPEG),
        ("pages", 21),
        ("pages", 0),
        ("uploaded_at", "2026-11-22 09:30"),
        ("uploaded_at", "2026-11-22T09:30:00+08:00"),
        ("name", "a" * 121),
        ("name", "a\nb"),
        ("nik", "6473014501900001"),
    ],
)
def test_the_schema_refuses_what_the_portal_would_not_write(field: str, value: str | int | None) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(GOOD | {field: value}, SCHEMA)
