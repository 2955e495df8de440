"""The site of another office and another service says nothing of ours; that of several services has each at its place.

What is written for developers is about the code, and leaves none of it out.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pypdfium2
import pytest

from tests.support.other_office import OURS, build_site, other_office
from tests.support.radio import with_radio
from tests.support.services import installed
from tests.support.site_page import DEVELOPERS, Page
from tests.support.stage import Stage

pytestmark = pytest.mark.long

EMBLEM = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'


def pages(site: Path) -> dict[str, Page]:
    found = {}
    for path in sorted(site.rglob("*.html")):
        url = path.relative_to(site).as_posix().removesuffix("index.html")
        if url not in DEVELOPERS:
            found[url] = Page(url="/" + url, html=path.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(other_office(tmp_path_factory.mktemp("other")), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    schemas = with_radio(tmp_path_factory.mktemp("several"))
    (schemas / "lambang.svg").write_text(EMBLEM, "utf-8")
    office = schemas / "office.toml"
    office.write_text(office.read_text("utf-8").replace('# emblem = "lambang.svg', 'emblem = "lambang.svg'), "utf-8")
    return build_site(schemas, tmp_path_factory.mktemp("site"), "penerbitan, radio")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two services of shapes of their own, and ours as the third, in an office that does not exist."""
    schemas = tmp_path_factory.mktemp("made-up") / "schemas"
    chosen = installed(schemas, "perpanjangan", "surel", "penerbitan")
    return build_site(schemas, tmp_path_factory.mktemp("site"), chosen["SERVICES"])


def written(site: Path) -> Iterator[tuple[str, str]]:
    """Every file of the site that says something, with what it says."""
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if name.startswith("developers/") or not path.is_file():
            continue
        if path.suffix in {".html", ".json", ".xml", ".txt", ".css", ".js", ".svg"}:
            yield name, path.read_text("utf-8")
        elif path.suffix == ".pdf":
            yield name, " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def test_the_site_of_another_office_has_none_of_our_words(other: Path) -> None:
    said = {name: sorted({found.group() for found in OURS.finditer(f"{name} {text}")}) for name, text in written(other)}
    assert len(said) > 20
    assert {name: words for name, words in said.items() if words} == {}


def test_it_says_whose_it_is_and_what_it_offers(other: Path) -> None:
    home = pages(other)[""]
    assert home.title == "Peminjaman Radio – DKC Kota Contoh"
    assert "Peminjaman Radio" in home.text
    assert {"sop/", "persyaratan/", "formulir/", "standar-pelayanan/", "privasi/", "panduan/pejabat/"} <= pages(
        other
    ).keys()
    assert "layanan/" not in pages(other)


@pytest.mark.parametrize("which", ["other", "several", "made_up"])
def test_every_link_leads_somewhere(which: str, request: pytest.FixtureRequest, shared_stage: Stage) -> None:
    site: Path = request.getfixturevalue(which)
    found = pages(site)
    portal = shared_stage.app.url_map.bind("")
    broken = []
    for page in found.values():
        for link in page.links:
            target, anchor = urldefrag(urljoin(page.url, link))
            path = urlsplit(target).path.removeprefix("/")
            if urlsplit(target).scheme or path.startswith(("developers/", "ajukan/")):
                continue
            if path in found:
                leads = not anchor or anchor in found[path].ids
            else:
                leads = (site / path).is_file() or portal.test(f"/{path}", "GET")
            if not leads:
                broken.append((page.url, link))
    assert broken == []


def test_several_services_are_listed_and_each_has_its_pages_below_its_own_address(several: Path) -> None:
    found = pages(several)
    for service, title in (("penerbitan", "Penerbitan Sertifikat Elektronik"), ("radio", "Peminjaman Radio")):
        base = f"layanan/{service}/"
        for name in ("", "sop/", "persyaratan/", "formulir/", "standar-pelayanan/", "panduan/pejabat/"):
            assert base + name in found
        for listing in ("", "layanan/"):
            assert f"/{base}" in found[listing].links
            assert title in found[listing].text
        assert (several / base / "sop" / f"sop-{service}.pdf").is_file()
        assert f"/ajukan/{service}" in found[base].links
    assert "layanan/penerbitan/tanya-jawab/" in found
    assert not {"sop/", "persyaratan/", "tanya-jawab/"} & found.keys()
    titles = [page.title for page in found.values()]
    assert len(titles) == len(set(titles))


def test_pages_of_several_services_speak_for_the_office_and_those_of_one_for_themselves(several: Path) -> None:
    found = pages(several)
    for url in ("", "layanan/", "privasi/", "pengaduan/", "panduan/"):
        assert "DKISP Kota Tarakan Layanan" in found[url].text, url
        assert "Petugas tidak pernah meminta kata sandi atau kode OTP Anda." in found[url].text
        assert "Passphrase hanya diisi sendiri" not in found[url].text
    assert "Passphrase hanya diisi sendiri" in found["layanan/penerbitan/sop/"].text


def test_how_long_data_is_kept_is_told_of_each_service(several: Path, made_up: Path) -> None:
    found, alone = pages(several)["privasi/"], pages(made_up)["privasi/"]
    kept = found.html[found.html.index('id="masa-simpan"') : found.html.index('id="hak"')]
    assert kept.count("Berkas yang diunggah") == kept.count("Draf dan berkasnya") == 2
    assert "Peminjaman Radio</h3>" in re.sub(r"<a [^>]*>.*?</a>", "", kept)
    assert kept.count("Salinan cadangan") == 1
    assert alone.html.count("Draf dan berkasnya") == 3


def test_an_office_shows_its_own_emblem_in_the_tab_where_it_has_one(several: Path, other: Path) -> None:
    for url in ("", "layanan/penerbitan/"):
        assert 'rel="icon" href="/lambang.svg"' in pages(several)[url].html
    assert (several / "lambang.svg").read_text("utf-8") == EMBLEM
    assert "/favicon.svg" in pages(other)[""].html


def test_services_of_other_shapes_have_their_pages_and_none_says_our_city(made_up: Path) -> None:
    found = pages(made_up)
    for service in ("perpanjangan", "surel", "penerbitan"):
        assert {
            f"layanan/{service}/",
            f"layanan/{service}/sop/",
            f"layanan/{service}/standar-pelayanan/",
        } <= found.keys()
    # The privacy notice names every question that any of them asks.
    others = {url: page for url, page in found.items() if not url.startswith(("layanan/penerbitan/", "privasi/"))}
    assert {url for url, page in others.items() if re.search("DKISP|Tarakan|BSrE|passphrase", page.html)} == set()


def test_of_several_services_one_says_nothing_of_the_other(several: Path) -> None:
    mine = {url: page for url, page in pages(several).items() if url.startswith("layanan/penerbitan/")}
    assert {url for url, page in mine.items() if "Radio" in page.text} == set()
