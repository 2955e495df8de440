"""Sample documents for a rehearsal."""

import tomllib
from typing import Any

import pytest

from portal.core.errors import NotFound
from portal.documents import samples
from portal.documents.inspection import JPEG, PDF
from tests.support.inspecting import darkest, inspect, page, refusal
from tests.support.places import SCHEMAS

SOP = tomllib.loads((SCHEMAS / "penerbitan/sop.toml").read_text())
REHEARSAL = tomllib.loads((SCHEMAS / "penerbitan/rehearsal.toml").read_text())
GOOD_SAMPLES = [entry for entry in REHEARSAL["samples"] if "refused" not in entry]
BAD_SAMPLES = [entry for entry in REHEARSAL["samples"] if "refused" in entry]


@pytest.mark.parametrize("entry", GOOD_SAMPLES, ids=lambda entry: entry["name"])
def test_a_good_sample_is_accepted(entry: dict[str, Any]) -> None:
    data, media_type = samples.sample(entry["name"], REHEARSAL)
    found = inspect(data)
    assert found.media_type == media_type
    assert found.pages == len(entry.get("pages", [0]))
    assert found.size < 1024 * 1024  # what the upload page advises
    assert entry["file"].endswith({PDF: ".pdf", JPEG: ".jpg"}[media_type])


@pytest.mark.parametrize("entry", BAD_SAMPLES, ids=lambda entry: entry["name"])
def test_a_bad_sample_is_refused_for_the_reason_it_shows(entry: dict[str, Any]) -> None:
    assert refusal(samples.sample(entry["name"], REHEARSAL)[0])[0] == entry["refused"]


def test_there_is_one_good_sample_for_each_document_of_the_sop() -> None:
    assert [entry["document"] for entry in GOOD_SAMPLES] == [document["key"] for document in SOP["documents"]]
    assert {entry["document"] for entry in BAD_SAMPLES} <= {document["key"] for document in SOP["documents"]}


def test_samples_have_distinct_names_and_files() -> None:
    for key in ("name", "file", "label"):
        assert len({entry[key] for entry in REHEARSAL["samples"]}) == len(REHEARSAL["samples"])


@pytest.mark.parametrize("name", ["surat_permohonan", "ktp"])
def test_a_sample_is_drawn_the_same_each_time_and_bears_the_mark(name: str) -> None:
    drawn = samples.sample(name, REHEARSAL)
    assert samples.sample(name, REHEARSAL) == drawn
    for absent in ("mark", "note"):
        assert samples.sample(name, REHEARSAL | {"specimen": REHEARSAL["specimen"] | {absent: ""}}) != drawn


@pytest.mark.parametrize(
    "entry", [entry for entry in GOOD_SAMPLES if "pages" in entry], ids=lambda entry: entry["name"]
)
def test_what_is_written_on_a_sample_ends_above_the_note(entry: dict[str, Any]) -> None:
    data, media_type = samples.sample(entry["name"], REHEARSAL)
    for number in range(1, len(entry["pages"]) + 1):
        sheet = page(data, media_type, number, width=1240)
        assert darkest(sheet.crop((0, 1620, 1240, 1660))) > 200
        assert darkest(sheet.crop((0, 1670, 1240, 1715))) < 200


def test_a_sample_nobody_described_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        samples.sample("ijazah", REHEARSAL)
    assert caught.value.code == "sample_unknown"
