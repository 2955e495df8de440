"""What people in a real browser have at hand: their answers, their documents, and their way without a script."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache

from playwright.sync_api import FilePayload

from portal.documents.samples import sample
from tests.support.chromium import Person
from tests.support.people import PERSON
from tests.support.places import ROOT

ANSWERS: Mapping[str, str] = {**PERSON, "opd": "Dinas Kesehatan", "tujuan": "Surat dan naskah dinas"}
EMAIL = ANSWERS["email"].lower()

Someone = Callable[..., Person]
"""Makes a ``Person`` at the test's portal, in the way that the arguments say."""


@cache
def sample_file(name: str) -> FilePayload:
    """A sample document as a file on the phone."""
    rehearsal = tomllib.loads((ROOT / "schemas" / "penerbitan" / "rehearsal.toml").read_text("utf-8"))
    content, media_type = sample(name, rehearsal)
    file = next(spec["file"] for spec in rehearsal["samples"] if spec["name"] == name)
    return {"name": file, "mimeType": media_type, "buffer": content}


def send_without_script(me: Person, kind: str, name: str) -> None:
    me.card(kind).locator("input[type=file]").set_input_files(sample_file(name))
    me.press("Unggah", me.card(kind))
    me.sees("perlu diperiksa sebelum diterima")
    me.press("Periksa berkas ini")
