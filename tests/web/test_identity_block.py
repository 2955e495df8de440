"""A SOP of which parts of the identity block are missing: they are printed nowhere, neither as a gap nor as a dash."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.editions import read_calendar, read_papers, read_sop
from portal.examination import examine
from portal.papers.gaps import without_gaps
from portal.papers.printing import Press
from portal.papers.sop_paper import Source, print_sop
from tests.support.derived import PARTS, derived, without
from tests.support.server import Clock, serving

pytestmark = pytest.mark.long

UNLABELLED = ("year", "address", "telephone", "unit")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return derived(
        tmp_path_factory.mktemp("bare"),
        *map(without, PARTS),
        *((rf"(^\[text.labels\]\n(?:.*\n)*?){key} = .*\n", r"\1") for key in PARTS if key not in UNLABELLED),
    )  # fmt: skip


def printed(folder: Path) -> tuple[str, str]:
    """The words of the SOP's paper, and of what its file says of itself."""
    reader = PdfReader(io.BytesIO(print_sop(Source(read_sop(folder), "https://a.example/sop/", False, True))))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return words, str((reader.metadata and reader.metadata.subject) or "")


def test_a_sop_without_any_of_it_fits_and_is_printed(bare: Path) -> None:
    assert examine(bare)[1] == []
    words, subject = printed(bare)
    assert "NAMA SOP" in words.upper()
    for gone in ("Nomor SOP", "Tgl Revisi", "Disahkan Oleh", "DASAR HUKUM", "PERINGATAN", "Laman:", "pos-el", "None"):
        assert gone not in words
    assert "nomor" not in words.split("Halaman 1 dari")[0].rsplit("salinan", 1)[-1]
    assert "SOP nomor" not in words
    assert "salinan data" in words
    assert subject == ""


@pytest.mark.parametrize("key", PARTS)
def test_each_part_may_be_missing_alone(tmp_path: Path, key: str) -> None:
    folder = derived(tmp_path, without(key))
    assert examine(folder)[1] == []
    words, _ = printed(folder)
    label = read_sop(folder).data["text"]["labels"].get(key)
    assert label is None or key in ("website", "email") or f"{label} " not in words
    assert "None" not in words


def test_a_part_without_its_heading_is_told(tmp_path: Path) -> None:
    folder = derived(tmp_path, (r'^warning = "PERINGATAN :"\n', ""))
    derived(tmp_path, (r'^warning = ".*"\n', ""), file="../words.toml")
    assert [(problem.key, problem.value) for problem in examine(folder)[1]] == [("text.labels.warning", None)]


def test_the_papers_to_sign_leave_out_what_is_missing(bare: Path) -> None:
    edition = read_sop(bare)
    papers = read_papers(edition, bare, read_calendar(edition, bare))
    assert papers is not None
    content, _ = Press(papers, "https://a.example").print("formulir-permohonan.pdf")
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert "SOP Nomor" not in words
    assert "· dkisp" not in words
    assert "dkisp@tarakankota.go.id" in words  # of the office, which is not the SOP's identity block


def test_the_portals_papers_have_a_head_of_what_is_there(bare: Path, tmp_path: Path) -> None:
    from tests.support.people import Applicant, Mailbox
    from tests.support.server import rehearsal_of

    with serving(tmp_path, Clock(), SERVICE=str(bare)) as served:
        house = served.house
        siti = Applicant(
            house.config.address,
            Mailbox(house.config.address, house.outbox.send_due),
            rehearsal_of(house).props["penerbitan"],
        ).apply()
        siti.confirm()
        siti.open()
        page = siti.browser.get(f"/permohonan/{siti.ticket}/tanda-terima")
        (head,) = page.html.find_class("kop")
        assert [line for line in head.text_content().split("\n") if line.strip() in ("·", "–", "None")] == []
        assert len(head.findall("p")) == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"number": "29/2024", "revised": "10 Mei", "version": "ab"}, "SOP nomor 29/2024 · revisi 10 Mei · salinan ab"),
        ({"number": "", "revised": "10 Mei", "version": "ab"}, "revisi 10 Mei · salinan ab"),
        ({"number": "29/2024", "revised": "", "version": "ab"}, "SOP nomor 29/2024 · salinan ab"),
        ({"number": "", "revised": "", "version": ""}, ""),
    ],
)  # fmt: skip
def test_a_part_of_a_sentence_goes_with_what_it_speaks_of(facts: dict[str, str], said: str) -> None:
    assert without_gaps("SOP nomor {number} · revisi {revised} · salinan {version}", facts) == said


def test_a_sentence_that_speaks_of_something_unknown_is_refused() -> None:
    with pytest.raises(KeyError):
        without_gaps("SOP {nomer}", {"number": ""})
