"""The public site, built once: it says what the SOP file says, and every link leads somewhere of our own."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import jinja2
import pytest
from PIL import Image

from portal.editions import read_papers, read_sop
from portal.papers.sheets import Text
from portal.site import publish
from tests.support.macros import Macros
from tests.support.places import ROOT
from tests.support.site_page import DEVELOPERS, Page
from tests.support.sop_texts import collapsed, office_rows
from tests.support.stage import Stage

SOP = tomllib.loads((ROOT / "schemas/penerbitan/sop.toml").read_text("utf-8"))
EDITION = read_sop(ROOT / "schemas/penerbitan")
ADDRESS = "https://tte.example.go.id"
PAGES = [
    "", "sop/", "persyaratan/", "formulir/", "formulir/contoh-surat/", "standar-pelayanan/", "tanya-jawab/",
    "layanan-terkait/", "privasi/", "pengaduan/", "panduan/", "panduan/pejabat/", "panduan/verifikator/",
    "panduan/petugas/", "panduan/meja/", "panduan/register/", "panduan/pemasangan/", "panduan/server/", "rekapitulasi/",
    "aksesibilitas/", "en/", "404.html",
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `mkdocs build --strict` writes it."""
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "ADDRESS": ADDRESS}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
    return site


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[str, Page]:
    """Every built page by its address below the root."""
    found = {}
    for path in sorted(built.rglob("*.html")):
        url = path.relative_to(built).as_posix().removesuffix("index.html")
        found[url] = Page(url="/" + url, html=path.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def public(pages: dict[str, Page]) -> dict[str, Page]:
    """The pages for those whom the portal serves."""
    return {url: page for url, page in pages.items() if url not in DEVELOPERS}


def test_the_site_has_its_pages_and_no_others(pages: dict[str, Page]) -> None:
    assert sorted(PAGES + DEVELOPERS) == sorted(pages)


# --- The SOP, word for word ---------------------------------------------------------------------------------------


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        yield from strings(list(value.values()))


def test_the_sop_page_prints_every_string_of_the_text(pages: dict[str, Page]) -> None:
    wanted = [*strings(SOP["text"]), *strings([step["text"] for step in SOP["steps"]])]
    assert len(wanted) > 70
    assert [each for each in wanted if each not in pages["sop/"].text] == []


def table_rows(page: Page) -> list[list[str]]:
    return [[collapsed(cell) for cell in row] for row in page.rows if len(row) == 11]


def test_each_row_of_the_sop_table_is_one_step_or_a_sign_alone(pages: dict[str, Page]) -> None:
    rows = [row for row in table_rows(pages["sop/"]) if row[0]]
    labels = SOP["text"]["quality_columns"]
    assert len(SOP["steps"]) == len(rows)
    for step, row in zip(SOP["steps"], rows, strict=True):
        said = [step["text"][key] for key in ("completeness", "time", "output")]
        assert [f"Langkah {step['text']['number']}", step["text"]["activity"]] == row[:2]
        assert [f"{label}: {text}" for label, text in zip(labels, said, strict=True)] == row[7:10]


def test_the_signs_of_the_offices_table_stand_on_the_page_where_they_stand_in_its_text(pages: dict[str, Page]) -> None:
    """What the portal adds to a cell, who acts, comes after the office's own sign."""
    cells = [[cell.partition(": ")[2] for cell in row[2:7]] for row in table_rows(pages["sop/"])]
    assert [[cell.removesuffix("●pelaksana").strip() for cell in row] for row in cells] == [
        row[2:7] for row in office_rows()
    ]


def test_who_acts_is_added_by_the_portal_and_only_that(pages: dict[str, Page]) -> None:
    acting = [[cell.column for cell in row.cells if cell.acts] for row in publish.table(EDITION)]
    columns = SOP["text"]["columns"]
    verifikator = columns[4]
    assert acting == [*([each] for each in columns[:4]), [], [verifikator], [verifikator], [verifikator]]
    cells = re.findall(r'<td class="actor[^>]*>(.*?)</td>', pages["sop/"].html)
    assert [cell for cell in cells if "●" in re.sub(r'<span class="added">.*', "", cell)] == []
    assert "hadir" not in " ".join(cells)


def test_the_published_duration_is_the_sum_of_the_steps(pages: dict[str, Page]) -> None:
    minutes = EDITION.minutes
    assert SOP["sentences"]["duration"].startswith(f"{minutes} menit")
    # Nobody is through on the first day, so no headline says minutes.
    assert f"{len(SOP['steps'])} langkah, paling cepat hari kerja berikutnya" in pages[""].text
    assert f"Waktu penanganan seluruhnya {minutes} menit" in pages[""].text


def notes(shown: bool, public: bool) -> str:
    note = {"number": 1, "public": public, "about": "Langkah 3", "text": "Pada naskah tertulis begini."}
    partials = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "site/_partials"), autoescape=False)
    return partials.get_template("notes.html").render(sop={"notes": [note]}, extra={"portal_notes": shown})


@pytest.mark.parametrize(
    ("shown", "public", "printed"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_portal_note_is_printed_only_if_public_and_switched_on(shown: bool, public: bool, printed: bool) -> None:
    assert printed == ("Pada naskah tertulis begini." in notes(shown, public))


def test_the_sop_is_offered_as_a_file_with_its_format_and_size(built: Path, pages: dict[str, Page]) -> None:
    content = (built / "sop/sop-penerbitan.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert "sop-penerbitan.pdf" in pages["sop/"].links
    assert f"(PDF, {round(len(content) / 1024)} KB)" in pages["sop/"].text


def test_the_flowchart_is_there_for_wide_and_narrow_screens_and_says_all_it_shows(pages: dict[str, Page]) -> None:
    html = pages["sop/"].html
    pictures = re.findall(r'<svg class="flow flow-(across|down)".*?<desc[^>]*>(.*?)</desc>', html)
    assert [name for name, _ in pictures] == ["across", "down"]
    for _, said in pictures:
        assert [step.name for step in EDITION.steps if f": {step.name}, oleh" not in said] == []


@pytest.mark.parametrize("shown", [True, False])
def test_the_portals_layer_of_the_chart_goes_with_its_notes(shown: bool) -> None:
    pictures = publish.charts(EDITION, beyond=shown)
    assert {shown} == {"added" in pictures[name] for name in ("across", "down")}


def test_a_reader_can_put_the_portals_layer_away_without_scripts(built: Path, pages: dict[str, Page]) -> None:
    (switch,) = [each for each in pages["sop/"].fields if each.get("id") == "tambahan"]
    assert (switch["type"], "checked" in switch) == ("checkbox", True)
    style = "".join(path.read_text("utf-8") for path in built.glob("stylesheets/*.css"))
    for part in (".notes", ".beyond", "* .added"):
        assert f".layers-switch:not(:checked) ~ {part}" in style


def test_return_and_reject_are_marked_as_outside_the_chart(pages: dict[str, Page]) -> None:
    beyond = pages["sop/"].text.partition("Yang ditambahkan portal")[2]
    assert beyond.lstrip().startswith("di luar bagan SOP")
    assert [each.label for each in EDITION.reasons_for("return") if each.label not in beyond] == []


# --- Links --------------------------------------------------------------------------------------------------------


def test_every_internal_link_and_anchor_leads_somewhere(
    built: Path, pages: dict[str, Page], shared_stage: Stage
) -> None:
    """To a page or file of the site, or to a page that the portal answers."""
    portal = shared_stage.app.url_map.bind("")
    broken = []
    for page in pages.values():
        for link in page.links:
            target, anchor = urldefrag(urljoin(page.url, link))
            path = urlsplit(target).path.removeprefix("/")
            if urlsplit(target).scheme:
                continue
            if path in pages:
                leads = not anchor or anchor in pages[path].ids
            else:
                leads = (built / path).is_file() or portal.test(f"/{path}", "GET")
            if not leads:
                broken.append((page.url, link))
    assert broken == []


def test_every_page_of_the_site_can_be_reached_from_home(pages: dict[str, Page]) -> None:
    reached, ahead = set[str](), {"/"}
    while ahead - reached:
        here = (ahead - reached).pop()
        reached.add(here)
        page = pages[here.removeprefix("/")]
        found = {urldefrag(urljoin(page.url, link))[0] for link in page.links}
        ahead |= {target for target in found if target.removeprefix("/") in pages}
    assert {page.url for page in pages.values()} - reached == {"/404.html"}


def test_what_forms_and_letters_link_to_exists(pages: dict[str, Page]) -> None:
    """Form pages, letters and schemas may point into the site; `email-dinas` is where people without one are sent."""
    folders = "|".join(sorted({url.partition("/")[0] for url in pages if url.endswith("/")}))
    pattern = re.compile(rf"(?<=[\"'\s(])/(?:{folders})/[\w/-]*(?:#[\w-]+)?")
    sources = [*ROOT.glob("schemas/**/*"), *ROOT.glob("functions/portal/**/*")]
    texts = [path.read_text("utf-8") for path in sources if path.suffix in {".html", ".json", ".toml", ".txt"}]
    linked = {"/persyaratan/#email-dinas"} | {link for text in texts for link in pattern.findall(text)}
    places = {page.url for page in pages.values()} | {
        f"{page.url}#{each}" for page in pages.values() for each in page.ids
    }
    assert linked - places == set()


def test_nothing_is_loaded_from_anybody_else(built: Path, pages: dict[str, Page]) -> None:
    foreign = [(page.url, each) for page in pages.values() for each in page.loaded if urlsplit(each).netloc]
    styles = [
        path.name
        for path in built.rglob("*.css")
        if re.search(r"(?:@import|url\()\s*['\"]?(?:https?:)?//", path.read_text("utf-8"))
    ]
    assert (foreign, styles) == ([], [])


def test_no_page_needs_inline_scripts_or_styles(pages: dict[str, Page]) -> None:
    """So that the site can be served with `script-src 'self'; style-src 'self'`."""
    inline = re.compile(r"<script(?![^>]*(?:src=|application/json))|<style|\sstyle=|\son[a-z]+=\"|href=\"javascript:")
    assert {url for url, page in pages.items() if inline.search(page.html)} == set()


def test_sources_of_theme_and_partials_are_not_published(built: Path) -> None:
    assert [path for path in built.rglob("*") if path.name.startswith("_")] == []


def test_a_ticket_can_be_looked_up_from_the_home_page(pages: dict[str, Page]) -> None:
    forms = [form for form in pages[""].forms if form.get("action") == "/status"]
    assert [form["method"] for form in forms] == ["get"]
    assert [each["name"] for each in pages[""].fields if each.get("id") == "tiket"] == ["tiket"]


# --- Papers to download -------------------------------------------------------------------------------------------


def test_every_paper_is_offered_with_its_format_and_size(built: Path, pages: dict[str, Page]) -> None:
    offered = [link for link in pages["formulir/"].links if re.search(r"\.(?:pdf|docx)$", link)]
    assert sorted(offered) == [
        "/formulir/formulir-permohonan.pdf",
        "/formulir/lembar-tanda-terima.pdf",
        "/formulir/surat-kuasa-pengisian.pdf",
        "/formulir/surat-permohonan.docx",
        "/formulir/surat-permohonan.pdf",
    ]
    for link in offered:
        content = (built / link.removeprefix("/")).read_bytes()
        assert content.startswith(b"%PDF" if link.endswith("pdf") else b"PK")
        kind, may = {"pdf": ("PDF", "diisi"), "docx": ("DOCX", "disunting")}[link.rpartition(".")[2]]
        assert f"({kind}) {round(len(content) / 1024)} KB, dapat {may}" in pages["formulir/"].text
    assert pages["formulir/"].text.count("Lembar bantu portal") == 4


def test_every_paper_has_its_place_on_the_page_that_its_code_leads_to(pages: dict[str, Page]) -> None:
    papers = read_papers(EDITION, ROOT / "schemas/penerbitan")
    assert papers is not None
    assert {paper.anchor for paper in papers.all} <= pages["formulir/"].ids


def test_an_official_form_is_offered_in_the_place_of_the_portals_own(tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "schemas", tmp_path / "schemas") / "penerbitan"
    (folder / "formulir/bsre.pdf").write_bytes(b"%PDF-1.7 official")
    entry = 'title = "Formulir BSrE"\nuse = "Diisi."\nversion = "3"\ndate = 2026-11-22\n'
    (folder / "formulir/resmi.toml").write_text(
        f'[[forms]]\nfile = "bsre.pdf"\nreplaces = "formulir-permohonan"\n{entry}', "utf-8"
    )
    env = Macros(tmp_path)
    env.conf = {**env.conf, "site_dir": str(tmp_path / "site")}
    publish.define_env(env)
    publish.on_post_build(env)
    assert (tmp_path / "site/formulir/bsre.pdf").read_bytes() == b"%PDF-1.7 official"
    assert not (tmp_path / "site/formulir/formulir-permohonan.pdf").exists()
    partials = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "site/_partials"), autoescape=False)
    shown = [
        partials.get_template("download.html").render(download=download, base="/")
        for download in env.variables["downloads"]
        if download.official
    ]
    assert len(shown) == 1
    assert "Unduh Formulir BSrE (PDF)" in shown[0]
    assert "1 KB" in shown[0]


def test_the_sample_letter_on_the_site_says_what_the_letter_says(pages: dict[str, Page]) -> None:
    papers = read_papers(EDITION, ROOT / "schemas/penerbitan")
    assert papers is not None
    said = pages["formulir/contoh-surat/"].text
    for block in papers.sheet(papers.all[0]).blocks:
        if isinstance(block, Text):
            assert collapsed(block.text) in said


# --- What is said, and how ----------------------------------------------------------------------------------------


def test_every_page_says_what_it_is(pages: dict[str, Page]) -> None:
    assert {"en/", *DEVELOPERS} == {url for url, page in pages.items() if page.lang == "en"}
    assert {"id", "en"} == {page.lang for page in pages.values()}
    assert [url for url, page in pages.items() if not page.title or not page.meta.get("description")] == []
    assert len(pages) == len({page.title for page in pages.values()})
    assert len(pages) == len({page.meta["description"] for page in pages.values()})


def test_every_page_says_where_it_is_and_has_a_card_to_be_shared_with(built: Path, public: dict[str, Page]) -> None:
    for page in public.values():
        if page.url == "/404.html":
            assert (page.canonical, page.meta["robots"]) == ("", "noindex")
            continue
        card = page.meta["og:image"]
        assert page.canonical == page.meta["og:url"] == ADDRESS + page.url
        assert (page.meta["og:title"], page.meta["og:description"]) == (page.title, page.meta["description"])
        locale = {"id": "id_ID", "en": "en_US"}[page.lang]
        assert (page.meta["og:locale"], page.meta["twitter:card"]) == (locale, "summary_large_image")
        assert card.startswith(f"{ADDRESS}/kartu/")
        with Image.open(built / urlsplit(card).path.lstrip("/")) as picture:
            assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len({page.meta.get("og:image") for page in public.values()}) == len(public)


def test_search_engines_are_given_the_list_of_pages(built: Path, pages: dict[str, Page]) -> None:
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in (built / "robots.txt").read_text()
    listed = set(re.findall(r"<loc>(.*?)</loc>", (built / "sitemap.xml").read_text()))
    assert listed == {page.canonical for page in pages.values() if page.canonical}


def test_no_part_of_the_theme_is_published_that_pages_do_not_use(built: Path) -> None:
    kinds = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.suffix in (".js", ".css", ".map")}
    assert {re.sub(r"[0-9a-f]{8,10}", "*", name) for name in kinds} == {
        "aset/*/light.js", "aset/*/mark.js", "aset/*/portal.css", "aset/*/portal.js", "aset/*/search.js",
        "aset/*/upload.js", "assets/javascripts/bundle.*.min.js", "assets/javascripts/inline.*.js", "search/worker.js",
        "stylesheets/material.*.css", "stylesheets/site.*.css",
    }  # fmt: skip


def test_every_page_carries_the_safety_line_and_the_office(pages: dict[str, Page]) -> None:
    office = EDITION.data["office"]
    wanted = [SOP["sentences"]["safety"], office["address"], *(each["text"] for each in office["telephones"])]
    assert [(url, each) for url, page in pages.items() for each in wanted if each not in page.text] == []
    often = [url for url, page in pages.items() if page.text.count(wanted[0]) > 1]
    assert often == ["tanya-jawab/"]  # where it is the answer to a question


UNCONFIRMED = [
    r"\b8 karakter|huruf besar|huruf kecil|karakter khusus",  # passphrase rules: BSrE's own page states them
    r"gratis|tanpa dipungut|tidak dipungut|Rp ?\d",  # the fee is not settled
    r"(?:berlaku|selama) (?:2|dua) tahun|24 bulan",  # the life of a certificate is on the certificate
    r"1 Tahun 2024|Nomor 11 Tahun 2022|10 Tahun 2019|10/2019|11/2022|11/2018|64\.73",
    r"biometri|Pasal 53|Pasal 34|Pasal 31\b",
    r"kunci (?:privat )?disimpan (?:di|oleh) BSrE",
    r"swafoto (?:Anda|diunggah)|unggah swafoto",
    r"setiap saat|24 jam sehari",
    r"\blogin\b|\bsubmit\b|\buser\b|\bapprove\b|\btoken\b|\bupload\b",  # words of programs, not of the office
]


@pytest.mark.parametrize("claim", UNCONFIRMED)
def test_nothing_unconfirmed_is_printed(claim: str, public: dict[str, Page]) -> None:
    said = {url: re.findall(claim, page.text, re.IGNORECASE) for url, page in public.items()}
    assert {url: found for url, found in said.items() if found} == {}


def test_sentences_are_short(public: dict[str, Page]) -> None:
    """Under twenty words; the SOP page quotes the office and is left alone."""
    long = set()
    for url in set(public) - {"sop/"}:
        for block in public[url].blocks:
            for sentence in re.split(r"(?<=[.?!])\s+", collapsed(block)):
                if len(sentence.split()) >= 20:
                    long.add((url, sentence))
    assert set() == long
