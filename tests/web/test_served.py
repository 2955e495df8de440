"""Site and portal as one house over HTTP: what pages weigh, what they carry, what is kept, searched and not found."""

import re
import urllib.error
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import cycle, product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from portal import edge
from tests.support.built_site import SITE, decision_page, site_pages
from tests.support.chromium import SCHEMES, SIZES, Person
from tests.support.city import City
from tests.support.places import ROOT
from tests.support.server import Clock, serving
from tests.support.weights import KB, Loads, Weight, fetch, weigh

FORM_PAGES = ("/ajukan", "/status", "/rekap", "/tautan", "/tidak-ada")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The portal with the built site before it, as `make run` starts it."""
    assert (SITE / "index.html").is_file(), "the site is not built: make build"
    clock = Clock()
    with serving(tmp_path_factory.mktemp("data"), clock) as served:
        yield City(served, clock)


@pytest.fixture(scope="module")
def official(city: City) -> tuple[str, str]:
    """The address of a case that waits for the head of the agency, and the cookie that opens it."""
    return decision_page(city)


# --- weight ----------------------------------------------------------------------------------------------------------


def test_a_first_visit_is_light(city: City, official: tuple[str, str]) -> None:
    address, cookie = official
    home, apply, decision = weigh(f"{city.address}/"), weigh(f"{city.address}/ajukan"), weigh(address, cookie)
    assert home.total <= 120 * KB, said(home)
    assert apply.total <= 60 * KB, said(apply)
    assert decision.without("/berkas/") <= 30 * KB, said(decision)


def said(weight: Weight) -> str:
    return ", ".join(f"{urlsplit(address).path} {size}" for address, size in weight.parts.items())


# --- what every answer carries ----------------------------------------------------------------------------------------


def carried(address: str) -> dict[str, str]:
    try:
        return dict(fetch(address)[1])
    except urllib.error.HTTPError as refused:
        with refused:
            return dict(refused.headers.items())


def test_the_edge_is_told_to_keep_files_as_long_as_the_portal_does() -> None:
    """`make publish` sorts the site's files by patterns of its own."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    kept, fresh = (re.findall(rf"^{name} := (.*)$", makefile, re.MULTILINE)[0].split() for name in ("KEPT", "FRESH"))
    wrong = []
    for path in SITE.rglob("*"):
        name = str(path.relative_to(SITE))
        if path.is_dir() or path.suffix == ".gz":
            continue
        sorted_in = [lifetime for patterns, lifetime in ((kept, edge.KEPT), (fresh, edge.ASKED_AGAIN))
                     if any(fnmatchcase(name, pattern) for pattern in patterns)]  # fmt: skip
        if (sorted_in or [edge.FOR_A_DAY]) != [edge.cache_control(f"/{name}")]:
            wrong.append((name, sorted_in, edge.cache_control(f"/{name}")))
    assert wrong == []


def test_every_answer_is_under_one_strict_policy(city: City) -> None:
    """Site, files, form pages and refusals: nothing inline, nothing of anybody else's, in nobody's frame."""
    files = Loads(fetch_page(city, "/")).found
    wanted = {**edge.HEADERS, "Content-Security-Policy": edge.policy()}
    for path in ["/", "/sop/", "/404.html", *files, *FORM_PAGES]:
        answer = carried(city.address + path)
        assert {name: answer.get(name) for name in wanted} == wanted, path
    assert "unsafe" not in edge.policy()
    assert edge.policy("https://store.example").count("https://store.example") == 2


def fetch_page(city: City, path: str) -> str:
    return city.public.get(path).body.decode()


def test_files_are_kept_for_a_year_and_pages_asked_for_again(city: City) -> None:
    for path in ("/", "/ajukan"):
        files = Loads(fetch_page(city, path)).found
        assert len(files) >= 3
        assert {carried(city.address + each)["Cache-Control"] for each in files} == {edge.KEPT}
    for path in ("/", "/sop/", "/search/search_index.json", "/search/worker.js"):
        assert carried(city.address + path)["Cache-Control"] == edge.ASKED_AGAIN
    assert carried(f"{city.address}/kartu/sop.png")["Cache-Control"] == edge.FOR_A_DAY
    assert {carried(city.address + path)["Cache-Control"] for path in FORM_PAGES} == {"no-store"}


def test_a_changed_file_has_another_name(tmp_path: Path) -> None:
    file = tmp_path / "portal.css"
    file.write_text("a {}")
    before = edge.fingerprint(file)
    file.write_text("b {}")
    assert edge.cache_control(f"/aset/{before}/portal.css") == edge.KEPT
    assert before != edge.fingerprint(file)


def test_text_is_pressed_for_those_who_understand_it(city: City) -> None:
    for path in ("/", "/ajukan", *Loads(fetch_page(city, "/ajukan")).found[1:]):
        sent, told = fetch(city.address + path)
        assert (told.get("Content-Encoding"), told.get("Vary")) == ("gzip", "Accept-Encoding"), path
        whole, plain = fetch(city.address + path, {"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain
        assert len(sent) < len(whole) / 2


# --- one house -------------------------------------------------------------------------------------------------------


def test_site_and_form_pages_have_the_same_bar_and_foot(city: City) -> None:
    def around(path: str) -> tuple[list[str], str]:
        page = city.public.get(path)
        kept = [" ".join(part.text_content().split()) for part in page.html.xpath("//header | //footer | //dialog")]
        return kept, page.html.get("lang")

    home = around("/")
    assert len(home[0]) == 3
    assert {path: around(path) == home for path in FORM_PAGES} == dict.fromkeys(FORM_PAGES, True)


def test_who_gets_lost_is_led_on(city: City) -> None:
    """One page for what is not there, with status 404; a host of files alone has the same words in 404.html."""
    page = city.public.get("/syarat/ktp")
    alone = city.public.get("/404.html")
    ways = [link.get("href") for link in page.html.xpath("//main//a")]
    assert page.status == 404
    assert {"/ajukan", "/status", "/tautan", "/persyaratan/", "/"} <= set(ways)
    assert [way.get("href") for way in alone.html.xpath("//main//a")] == ways


def test_pages_for_search_engines_say_where_they_are(city: City) -> None:
    for path in ("/ajukan", "/status", "/rekap"):
        page = city.public.get(path).html
        assert page.xpath("//link[@rel='canonical']/@href") == [city.address + path]
        assert page.xpath("//meta[@property='og:image']/@content") == [f"{city.address}/kartu/beranda.png"]
        assert page.xpath("//meta[@name='robots']") == []
    for path in ("/tautan", "/ajukan/orang-lain", "/tidak-ada"):
        page = city.public.get(path).html
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]
        assert page.xpath("//link[@rel='canonical']") == []


def test_no_style_makes_text_too_small_to_read() -> None:
    """One rem is 20 px; 15 px is the smallest (look of the house: small is .9375 of 16 px)."""
    sheets = [ROOT / "site/stylesheets/portal.css", ROOT / "functions/portal/web/static/portal.css"]
    sizes = {
        float(size) for sheet in sheets for size in re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)rem", sheet.read_text())
    }
    assert len(sizes) > 4
    assert min(sizes) >= 0.7
    assert max(sizes) <= 1.6


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_no_page_of_the_site_has_barriers(someone: Callable[..., Person]) -> None:
    """axe on every page, each in the next of four ways: small and wide, light and dark; `make site-check`: in all.

    Of the decisions, which are words alone under the same three headings, the first stands for the others.
    """
    me = someone(phone=False)
    found = {}
    paths = [path for path in site_pages() if not re.match(r"/developers/decisions/(?!01)\d", path)]
    for path, (size, scheme) in zip(paths, cycle(product(SIZES, SCHEMES))):
        me.page.set_viewport_size(size)
        me.page.emulate_media(color_scheme=scheme)
        me.go(path)
        if barriers := me.barriers_here():
            found[path, size["width"], scheme] = barriers
    assert found == {}
    assert me.complaints == []


@pytest.mark.browser
def test_bar_menu_and_search_need_only_a_keyboard(someone: Callable[..., Person]) -> None:
    me = someone(phone=False, size={"width": 1280, "height": 800})
    page, keyboard = me.page, me.page.keyboard
    me.go("/")
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_in_viewport()
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    keyboard.type("lupa passphrase")
    expect(page.locator("dialog li").first).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_role("button", name="Cari")).to_be_focused()
    page.locator("summary", has_text="Menu").focus()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(page.locator(".panel a").first).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator("summary", has_text="Menu")).to_be_focused()
    assert me.complaints == []


QUESTIONS = [
    ("lupa passphrase", "passphrase"),
    ("syarat ktp", "syarat"),
    ("berapa lama", "lama"),
    ("biaya", "berapa biayanya"),
    ("npwp", "npwp"),
    ("ganti hp", "ganti hp"),
    ("hp hilang", "ganti hp"),
    ("lupa tiket", "nomor tiket saya hilang"),
    ("tiket hilang", "nomor tiket saya hilang"),
    ("jam buka kantor", "jam"),
    ("pengaduan", "pengaduan"),
]


@pytest.mark.browser
def test_the_obvious_questions_find_their_answers(someone: Callable[..., Person]) -> None:
    """With the real index and worker, from a form page as well; neither is fetched before somebody searches."""
    me = someone()
    asked: list[str] = []
    me.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    me.go("/status")
    assert [path for path in asked if "search" in path] == []
    me.page.get_by_role("button", name="Cari").click()
    told = me.page.locator("dialog [role=status]")
    missed = {}
    for question, answer in QUESTIONS:
        me.page.get_by_role("textbox", name="Cari di situs ini").fill("")
        expect(told).to_contain_text("Tulis yang Anda cari")
        me.page.get_by_role("textbox", name="Cari di situs ini").fill(question)
        expect(told).to_contain_text("hasil teratas")
        first = me.page.locator("dialog li").all_inner_texts()[:3]
        if not any(answer in each.lower() for each in first):
            missed[question] = first
    assert missed == {}
    me.page.get_by_role("textbox", name="Cari di situs ini").fill("zzzz")
    expect(told).to_contain_text("Belum ada yang cocok dengan “zzzz”")
    assert me.complaints == []


@pytest.mark.browser
def test_on_a_phone_menu_opens_the_drawer_with_all_places_and_escape_closes_it(someone: Callable[..., Person]) -> None:
    me = someone()
    me.go("/persyaratan/")
    sections = me.page.locator(".md-sidebar--primary")
    expect(sections.get_by_role("link", name="Formulir", exact=True)).not_to_be_in_viewport()
    me.page.locator("summary", has_text="Menu").click()
    expect(sections.get_by_role("link", name="Ajukan Permohonan")).to_be_in_viewport()
    me.page.keyboard.press("Escape")
    expect(sections.get_by_role("link", name="Ajukan Permohonan")).not_to_be_in_viewport()
    expect(me.page.locator("summary", has_text="Menu")).to_be_focused()
    assert me.complaints == []


@pytest.mark.browser
def test_nothing_behind_the_open_drawer_can_be_reached_and_every_way_out_leads_back_to_menu(
    someone: Callable[..., Person],
) -> None:
    me = someone()
    me.go("/persyaratan/")
    menu, drawer = me.page.locator("summary", has_text="Menu"), me.page.get_by_role("dialog", name="Navigasi")
    menu.focus()
    me.page.keyboard.press("Enter")
    expect(drawer.get_by_role("button", name="Tutup")).to_be_focused()
    within = "document.activeElement === document.body || !!document.activeElement.closest('.md-sidebar--primary')"
    for key in ("Tab", "Shift+Tab"):
        for _ in range(60):
            me.page.keyboard.press(key)
            assert me.page.evaluate(within)
    assert me.barriers_here() == []
    ways: list[Callable[[], None]] = [
        lambda: me.page.keyboard.press("Escape"),
        lambda: drawer.get_by_role("button", name="Tutup").click(),
        lambda: me.page.mouse.click(350, 500),  # beside it
    ]
    for leave in ways:
        expect(drawer).to_be_visible()
        leave()
        expect(drawer).to_have_count(0)
        expect(menu).to_be_focused()
        assert me.page.locator("[inert]").count() == 0
        menu.click()
    drawer.get_by_role("link", name="Urutannya").click()
    expect(drawer).to_have_count(0)
    expect(me.page.get_by_role("heading", name="Urutannya")).to_be_in_viewport()
    menu.click()
    me.page.set_viewport_size({"width": 1280, "height": 800})
    expect(drawer).to_have_count(0)
    expect(me.page.get_by_role("link", name="Selanjutnya")).to_be_enabled()
    assert me.complaints == []


@pytest.mark.browser
def test_the_light_is_the_devices_until_somebody_chooses_and_then_holds_on_site_and_forms(
    someone: Callable[..., Person],
) -> None:
    me = someone(phone=False, size={"width": 1280, "height": 800})
    me.page.emulate_media(color_scheme="light")
    look = "getComputedStyle(document.body).backgroundColor"
    white, black = "rgb(255, 255, 255)", "rgb(20, 24, 29)"

    def turned(told: str) -> object:
        me.page.get_by_role("button", name=told).click()
        return me.page.evaluate(look)

    for chosen_on, seen_on in (("/persyaratan/", "/ajukan"), ("/status", "/formulir/")):
        me.go(chosen_on)
        assert me.page.evaluate(look) == white
        assert turned("Tampilan: otomatis") == white
        me.page.emulate_media(color_scheme="dark")
        assert me.page.evaluate(look) == white
        assert turned("Tampilan: terang") == black
        me.page.emulate_media(color_scheme="light")
        me.go(seen_on)
        assert me.page.evaluate(look) == black
        assert turned("Tampilan: gelap") == white
        me.page.emulate_media(color_scheme="dark")
        assert me.page.evaluate(look) == black
        me.page.emulate_media(color_scheme="light")
    assert me.complaints == []


@pytest.mark.browser
def test_without_javascript_the_light_is_the_devices_and_there_is_no_switch(someone: Callable[..., Person]) -> None:
    me = someone(javascript=False)
    me.page.emulate_media(color_scheme="dark")
    for path in ("/persyaratan/", "/ajukan"):
        me.go(path)
        expect(me.page.locator("[data-turns]")).to_be_hidden()
        expect(me.page.locator("body")).to_have_css("background-color", "rgb(20, 24, 29)")


@pytest.mark.browser
def test_where_one_is_and_what_the_page_holds_stand_beside_it_on_a_wide_screen(someone: Callable[..., Person]) -> None:
    me = someone(phone=False, size={"width": 1280, "height": 800})
    me.go("/persyaratan/")
    expect(me.page.locator(".md-sidebar--primary a.md-nav__link--active", has_text="Persyaratan")).to_be_visible()
    me.page.locator(".md-sidebar--secondary").get_by_role("link", name="Urutannya").click()
    expect(me.page.get_by_role("heading", name="Urutannya")).to_be_in_viewport()
    me.page.get_by_role("link", name="Selanjutnya").click()
    expect(me.page).to_have_url(re.compile("/formulir/$"))
    assert me.complaints == []


@pytest.mark.browser
def test_without_javascript_there_is_a_menu_but_no_search(someone: Callable[..., Person]) -> None:
    me = someone(javascript=False)
    me.go("/")
    expect(me.page.get_by_role("button", name="Cari")).to_be_hidden()
    me.page.locator("summary", has_text="Menu").click()
    me.page.locator(".panel").get_by_role("link", name="Tanya Jawab").click()
    expect(me.page.locator("h1")).to_be_visible()
    assert urlsplit(me.page.url).path == "/tanya-jawab/"
    me.go("/")
    me.page.get_by_label("Nomor tiket").fill("tte-26-0000-0000")
    with me.expecting(404):
        me.page.locator("main").get_by_role("button", name="Cek Status").click()
        me.sees("Nomor tiket tidak ditemukan")
