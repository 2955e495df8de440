"""What the public pages say, on a site whose SOP file says other things: facts follow it, open matters are called open.

Built once from a changed copy of the repository's sources; links and style are the business of ``test_site``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from portal.documents.inspection import Limits
from portal.site.publish import limits_of
from tests.support.chromium import SCHEMES, SIZES, TOO_SMALL
from tests.support.places import ROOT
from tests.support.site_page import DEVELOPERS, Page

CHANGES = {
    "draft_days = 30 ": "draft_days = 11 ",
    "minutes = 10\nname = ": "minutes = 13\nname = ",
    "length_minutes = 30": "length_minutes = 45",
    "days_ahead = 10": "days_ahead = 12",
    'bring = ["KTP-el asli", ': 'bring = ["KTP-el asli", "pulpen", ',
    'fri = ["08.00-10.30"]': 'fri = ["08.15-10.15"]',
    "after_working_days = 1 ": "after_working_days = 2 ",
    "escalate_after_working_days = 3": "escalate_after_working_days = 6",
    "documents_days = 90 ": "documents_days = 45 ",
    "record_years = 5 ": "record_years = 8 ",
    "expiry_days = [60, 30, 7] ": "expiry_days = [80, 50, 9] ",
    "# --- What officials may say": '[[documents]]\nkey = "pakta"\nlabel = "Pakta integritas"\nhint = "Bermeterai."\n'
    'tip = "Satu halaman."\n\n# --- What officials may say',
}


OF_THE_OFFICE = {
    'text = "0851-7999-0551"\ntel = "+6285179990551"': 'text = "0555-123-456"\ntel = "+62555123456"',
    'email = "dkisp@tarakankota.go.id"': 'email = "loket@tarakankota.go.id"',
    'mail_prefix = "[TTE Tarakan]"': 'mail_prefix = "[Sertifikat]"',
    'fri = ["07.30-11.30"]': 'fri = ["07.45-11.15"]',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it would be built from another SOP file."""
    project = tmp_path_factory.mktemp("project")
    for folder in ("site", "schemas"):
        shutil.copytree(ROOT / folder, project / folder)
    shutil.copy(ROOT / "mkdocs.yml", project)
    (project / "functions").symlink_to(ROOT / "functions")
    for name, changes in (("penerbitan/sop.toml", CHANGES), ("office.toml", OF_THE_OFFICE)):
        path = project / "schemas" / name
        text = path.read_text("utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "ADDRESS": ""}
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
    return project / "build/site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    found = {}
    for path in sorted(site.rglob("*.html")):
        url = path.relative_to(site).as_posix().removesuffix("index.html")
        found[url] = Page(url="/" + url, html=path.read_text("utf-8"))
    return found


# --- Facts of the SOP file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("persyaratan/", "Syarat utamanya 5 berkas dan email kedinasan."),
        ("persyaratan/", "5. Pakta integritas"),
        ("persyaratan/", "Bermeterai. Satu halaman."),
        ("persyaratan/", "0555-123-456"),
        ("persyaratan/", "pulpen"),
        ("persyaratan/", "Setiap jadwal disediakan 45 menit."),
        ("standar-pelayanan/", "Setiap jadwal kunjungan 45 menit"),
        ("standar-pelayanan/", "Berkas yang diunggah disimpan 45 hari"),
        ("persyaratan/", "08.15–10.15"),
        ("persyaratan/", "nama@tarakankota.go.id"),
        ("standar-pelayanan/", "Pakta integritas"),
        ("standar-pelayanan/", "07.45–11.15"),
        ("standar-pelayanan/", "Jumlah 103"),
        ("tanya-jawab/", "Unggah 5 berkas."),
        ("tanya-jawab/", "Draf disimpan 11 hari"),
        ("tanya-jawab/", "ditutup setelah 11 hari"),
        ("tanya-jawab/", "diawali [Sertifikat]"),
        ("tanya-jawab/", "setelah 2 hari kerja"),
        ("tanya-jawab/", "sampai 12 hari kerja ke depan"),
        ("tanya-jawab/", "pulpen"),
        ("layanan-terkait/", "0555-123-456"),
        ("layanan-terkait/", "Portal mengirim pengingat 80, 50, 9 hari sebelumnya"),
        ("standar-pelayanan/", "Pemilik diingatkan sebelum masa berlakunya habis 80, 50, 9 hari"),
        ("privasi/", "11 hari, lalu dihapus otomatis"),
        ("privasi/", "45 hari setelah permohonan ditutup"),
        ("privasi/", "8 tahun setelah ditutup, atau lebih lama selama masih ada di register; lalu dihapus otomatis"),
        ("privasi/", "register: nama, NIP, email, dan perangkat daerah 8 tahun setelah sertifikat berakhir"),
        ("privasi/", "SK terakhir, Pakta integritas"),
        ("privasi/", "loket@tarakankota.go.id"),
        ("pengaduan/", "0555-123-456"),
        ("aksesibilitas/", "0555-123-456"),
        ("en/", "5 documents"),
        ("en/", "0555-123-456"),
        ("panduan/pejabat/", "setelah 2 hari kerja"),
        ("panduan/pejabat/", "Setelah 6 hari kerja"),
        ("panduan/verifikator/", "Lama setiap jadwal 45 menit"),
        ("panduan/register/", "menerima email 80, 50, dan 9 hari sebelumnya"),
        ("panduan/register/", "dari register 8 tahun setelah"),
        ("panduan/petugas/", "45 hari setelah permohonan ditutup"),
        ("panduan/petugas/", "dikirim ke loket@tarakankota.go.id"),
    ],
)
def test_a_page_says_what_the_sop_file_says(url: str, said: str, pages: dict[str, Page]) -> None:
    assert said in pages[url].text


OLD = [
    r"0851-7999-0551",
    r"\b90 hari",
    r"(?<!tersisa )\b30 hari",
    r"\b5 tahun",
    r"\[TTE Tarakan\]",
    r"\b4 (?:berkas|documents)",
]


@pytest.mark.parametrize("fact", OLD)
def test_no_fact_of_the_sop_file_is_typed_into_a_page(fact: str, pages: dict[str, Page]) -> None:
    """The verbatim text on the SOP page is another matter."""
    said = {url: re.findall(fact, page.text) for url, page in pages.items() if url != "sop/"}
    assert {url: found for url, found in said.items() if found} == {}


def test_limits_are_those_that_uploads_are_held_to(pages: dict[str, Page]) -> None:
    limits = limits_of(Limits(max_bytes=3 * 1024**2, max_pages=7, min_pixels=600))
    assert limits == {"megabytes": 3, "pages": 7, "pixels": 600}
    real = limits_of(Limits())
    wanted = ["{megabytes} MB per berkas", "1 sampai {pages} halaman", "paling kecil {pixels} piksel"]
    assert [each for each in wanted if each.format(**real) not in pages["persyaratan/"].text] == []


def test_every_field_of_the_form_is_on_the_privacy_page(pages: dict[str, Page]) -> None:
    form = json.loads((ROOT / "schemas/penerbitan/application.schema.json").read_text("utf-8"))
    asked = [field["title"] for field in form["properties"].values() if field.get("widget") != "hidden"]
    assert len(asked) > 20
    assert [title for title in asked if title not in pages["privasi/"].text] == []


# --- What is known, what is not -----------------------------------------------------------------------------------

COMPONENTS = {  # UU 25/2009, domain 3.4: all six of delivery, and those of management that a source confirms
    "persyaratan": "Persyaratan",
    "prosedur": "Sistem, mekanisme, dan prosedur",
    "jangka-waktu": "Jangka waktu pelayanan",
    "biaya": "Biaya/tarif",
    "produk": "Produk layanan",
    "pengaduan": "Penanganan pengaduan, saran, dan masukan",
    "dasar-hukum": "Dasar hukum",
    "sarana": "Sarana, prasarana, dan fasilitas",
    "kompetensi": "Kompetensi pelaksana",
    "pengawasan": "Pengawasan internal",
    "jumlah-pelaksana": "Jumlah pelaksana",
}


def test_the_service_standard_has_each_known_component(pages: dict[str, Page]) -> None:
    page = pages["standar-pelayanan/"]
    assert [key for key, label in COMPONENTS.items() if key not in page.ids or label not in page.text] == []


@pytest.mark.parametrize(
    ("url", "unsettled"),
    [
        ("standar-pelayanan/", "Biaya/tarif Menunggu penetapan DKISP"),
        ("standar-pelayanan/", "Pengawasan internal Menunggu penetapan DKISP"),
        ("standar-pelayanan/", "Jumlah pelaksana Menunggu penetapan DKISP"),
        ("standar-pelayanan/", "jumlah pelaksana, dan komponen pengelolaan lainnya."),
        ("tanya-jawab/", "Berapa biayanya? SOP tidak menyebut biaya. Ketentuannya menunggu penetapan DKISP."),
        ("tanya-jawab/", "SK mana yang diunggah? SK terakhir Anda, halaman lengkap. SOP hanya menyebut “SK Terakhir”"),
        (
            "tanya-jawab/",
            "Siapa yang boleh mengajukan? SOP tidak menyebutnya, dan ketentuannya menunggu penetapan DKISP.",
        ),
        ("tanya-jawab/", "Yang dibawa adalah setelan portal dan masih menunggu penetapan DKISP:"),
        ("persyaratan/", "Penanda tangan surat permohonan menunggu penetapan DKISP"),
        ("persyaratan/", "SOP tidak menyebut siapa yang dapat mengajukan; hal ini menunggu penetapan DKISP."),
        ("persyaratan/", "Yang berikut adalah setelan portal dan masih menunggu penetapan DKISP. Bawa:"),
        ("persyaratan/", "Tata cara memperolehnya menunggu penetapan DKISP."),
        ("privasi/", "Salinan cadangan Menunggu penetapan DKISP"),
        ("layanan-terkait/", "lamanya layanan di halaman ini menunggu penetapan DKISP."),
        ("aksesibilitas/", "Kemudahan di tempat kunjungan menunggu penetapan DKISP."),
        ("en/", "The procedure does not say; this is not settled yet."),
    ],
)
def test_what_is_not_settled_is_said_to_be_open(url: str, unsettled: str, pages: dict[str, Page]) -> None:
    assert unsettled in pages[url].text


def test_what_is_pending_is_gathered_in_one_place_to_which_short_marks_lead(pages: dict[str, Page]) -> None:
    entries = set(re.findall(r'<div id="(menunggu-[a-z-]+)"><dt>', pages["standar-pelayanan/"].html))
    assert len(entries) > 10
    led = set()
    for url, page in pages.items():
        if url in DEVELOPERS:
            continue
        marks = re.findall(r'<a class="aside" href="/standar-pelayanan/#(menunggu-[a-z-]+)"', page.html)
        led |= set(marks)
        headed = 3 * (url == "standar-pelayanan/")  # the heading of the list, and the way to it in column and drawer
        said = len(re.findall(r"menunggu (?:penetapan|keterangan)", page.text, re.IGNORECASE))
        papers = page.text.count("Penanda tangannya menunggu penetapan DKISP.")
        assert said - headed - papers == len([mark for mark in marks if url != "en/"]), url
        assert len(marks) <= 8, url
    assert led == entries


UNCONFIRMED = [
    r"sekitar \d+ menit|SK pangkat|tidak dilayani|pensiun wajib|wajib meminta",  # nor is it in the SOP
    r"[Nn]omor telepon Anda aktif",  # which BSrE does not check
    r"sesuai SK\b|sertifikat yang masih berlaku$",  # as a reason for return or refusal
    r"jaminan pelayanan|evaluasi kinerja pelaksana|indeks kepuasan|survei kepuasan",  # components, SKM
    r"belah ketupat|segilima|terminator",  # symbols of the chart
    r"Nomor 19 Tahun 2016|Nomor 5 Tahun 2020|Peraturan BSSN|Pasal 20 ayat",  # rules that nobody has read here
    r"telepon (?:genggam )?(?:Anda )?hilang|ponsel hilang",  # as a reason for revocation
    r"MyASN|WhatsApp (?:bot|verifikator)",  # other ways that DKISP has not accepted
    r"\bPKCS|\.p12|kunci privat",
    r"Inspektorat|Bapperida|Sekretariat DPRD",  # offices that no source lists
    r"15 Desember|HUT Kota",
    r"sesuai sepenuhnya dengan WCAG|memenuhi WCAG",
    r"belum mengirim pengingat|baru melayani penerbitan",  # as the portal does more
    r"dr\. Witoyo",  # signed the SOP; holds the office no more
]


@pytest.mark.parametrize("claim", UNCONFIRMED)
def test_nothing_unconfirmed_is_told(claim: str, pages: dict[str, Page]) -> None:
    told = pages.keys() - {"sop/", *DEVELOPERS}
    said = {url: re.findall(claim, pages[url].text, re.IGNORECASE) for url in told}
    assert {url: found for url, found in said.items() if found} == {}


# --- Finding and reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "anchor"),
    [
        ("lupa passphrase", "lupa"),
        ("syarat ktp", "syarat-ktp"),
        ("berapa lama", "lama"),
        ("biaya", "biaya"),
        ("email dinas", "email"),
        ("nomor tiket hilang", "tiket"),
        ("ukuran berkas", "ukuran"),
        ("iphone", "heic"),
        ("batal", "batal"),
        ("ubah jadwal", "jadwal"),
        ("pensiun", "pindah"),
        ("ditolak", "ditolak"),
        ("unduh formulir", "formulir"),
    ],
)
def test_a_question_is_found_by_everyday_words(typed: str, anchor: str, site: Path) -> None:
    """As the site's search does it: every word typed begins a word of that question or its answer."""
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    found = next(entry for entry in index["docs"] if entry["location"] == f"tanya-jawab/#{anchor}")
    words = re.split(r"[^\w]+", re.sub(r"<[^>]+>", " ", f"{found['title']} {found['text']}").lower())
    assert [each for each in typed.split() if not any(word.startswith(each) for word in words)] == []


def test_what_stands_in_cells_and_lines_of_its_own_is_read_apart(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    said = {entry["location"]: re.sub(r"<[^>]+>", " ", entry["text"]) for entry in index["docs"]}
    for joined in ("Pengajuan15", "Dinas15", "Senin08", "KantorDinas", "TarakanJl.", "0811432453dkisp"):
        assert [where for where, text in said.items() if joined in text] == []
    assert "Senin 08.00" in said["persyaratan/#kunjungan"]


def test_every_question_has_an_address_of_its_own(pages: dict[str, Page]) -> None:
    headings = re.findall(r"<h[23]([^>]*)>", pages["tanya-jawab/"].html)
    addresses = [found[1] for each in headings if (found := re.search(r'id="([a-z-]+)"', each))]
    assert len(addresses) == len(set(addresses)) >= 45
    assert not [each for each in addresses if re.search(r"_\d", each)]


def test_headings_are_in_order(pages: dict[str, Page]) -> None:
    """One h1, and no level left out on the way down, in what the page itself says."""
    wrong = {}
    for url, page in pages.items():
        article = page.html.partition("<article")[2].partition("<footer")[0]
        levels = [int(level) for level in re.findall(r"<h([1-6])[\s>]", article)]
        steps = pairwise(levels)
        if levels[:1] != [1] or levels.count(1) != 1 or any(after > before + 1 for before, after in steps):
            wrong[url] = levels
    assert wrong == {}


def test_link_texts_make_sense_alone(pages: dict[str, Page]) -> None:
    empty = re.compile(r"<a [^>]*>\s*(?:di sini|klik(?: di sini)?|selengkapnya|lihat|baca|here|more)\s*</a>", re.I)
    assert {url: found for url, page in pages.items() if (found := empty.findall(page.html))} == {}


# --- Pictures -----------------------------------------------------------------------------------------------------


def test_each_document_is_drawn_well_and_badly_done(pages: dict[str, Page]) -> None:
    for key in ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir"):
        drawn = (ROOT / f"schemas/penerbitan/pages/_partials/contoh/{key}.html").read_text("utf-8")
        assert "d.example(true" in drawn, key
        assert "d.example(false" in drawn, key
    drawings = re.findall(r"<svg class=\"drawing[^>]*>.*?</svg>", pages["persyaratan/"].html, re.DOTALL)
    assert len(drawings) == 12
    for drawing in drawings:
        assert re.search(r'role="img" aria-label="[^"]{30,}"', drawing)
        assert len(drawing) < 2500
        assert not re.search(r"\sstyle=|\bfill=\"#|\bstroke=\"#", drawing)  # colours are those of the page


def test_pictures_of_the_screen_are_small_and_said_in_words(site: Path, pages: dict[str, Page]) -> None:
    seen = 0
    for url in ("panduan/pejabat/", "panduan/verifikator/", "panduan/petugas/", "panduan/meja/"):
        weight = 0
        for tag in re.findall(r"<img [^>]*assets/panduan/[^>]*>", pages[url].html):
            said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            file = site / said["src"].lstrip("/")
            with Image.open(file) as picture:
                shown = int(said["width"]) / int(said["height"])
                assert picture.width / picture.height == pytest.approx(shown, rel=0.005), said["src"]
            assert len(said["alt"]) > 40
            weight += file.stat().st_size
            seen += 1
        assert weight < 120_000, url
    assert seen == 11


# --- For everybody ------------------------------------------------------------------------------------------------


def test_the_accessibility_statement_names_what_the_browser_tests_measure(pages: dict[str, Page]) -> None:
    said = pages["aksesibilitas/"].text
    assert f"Lebar {min(size['width'] for size in SIZES)} piksel" in said
    assert "47.5" in TOO_SMALL
    assert "Paling kecil 48 piksel" in said
    assert set(SCHEMES) == {"light", "dark"}
