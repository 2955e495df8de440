"""A link that has decided on one device asks for a code on another; the first never does, and scanners bind nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.browser_without_javascript import Page
from tests.support.derived import derived
from tests.support.office import CHECKED, FIRST, FORWARD, KADIS, Office, Person

PAGES = ("", "/keputusan", "/lembar", "/berkas/ktp", "/berkas/ktp/1.jpg", "/berkas/ktp/asli", "/surat/ktp/lihat")


@pytest.fixture
def number(office: Office, person: Callable[[str], Person]) -> str:
    """A case that went to BSrE by the first verifikator's link, which still opens it."""
    number = office.case("dispatch")
    assert "Bukti keputusan" in person(FIRST).decides(number, "dispatch", CHECKED).text
    return number


def sent_code(office: Office, email: str = FIRST) -> str:
    (found,) = re.findall(r"Kode Anda: (\d{3} \d{3})", office.emailed("code", email))
    return str(found)


def presses(who: Person, page: Page, action: str, **typed: str) -> Page:
    form = page.form(action)
    return who.sends((form.action, [*(f for f in form.form_values() if f[0] not in typed), *typed.items()]))


def asks(page: Page) -> bool:
    return page.url.endswith("/kode") and "Perangkat ini belum dikenal" in page.text


def test_the_first_device_is_one_tap_from_the_email_whatever_a_scanner_opened_before(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, scanner, kadis = office.case("dispatch"), person(FIRST), person(FIRST)
    before = office.dump()
    assert not asks(scanner.opens(number))
    assert office.dump() == before
    page = kadis.opens(number)
    assert page.url == f"/telaah/{number}"
    assert kadis.decides(number, "dispatch", CHECKED).status == 200
    for _ in range(2):
        assert kadis.opens(number).url == f"/telaah/{number}"


def test_another_device_shows_nothing_and_changes_nothing_without_the_code(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    other = person(FIRST)
    page = other.opens(number)
    before = office.dump()
    assert asks(page)
    assert "SITI" not in page.text
    for address in PAGES:
        shown = other.get(f"/telaah/{number}{address}")
        assert asks(shown), address
        assert b"SITI" not in shown.body
    token = page.form("/kode/kirim").fields["csrf"]
    posted = {"csrf": token, "tindakan": "accept", "peristiwa": str(office.load(number).version)}
    assert asks(other.page(other.browser.post(f"/telaah/{number}/putuskan", data=posted, follow_redirects=True)))
    assert office.dump() == before


def test_the_code_of_the_officials_own_mail_opens_it_for_thirty_days(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    other = person(FIRST)
    page = presses(other, other.opens(number), "/kode/kirim")
    assert "verifikator" not in page.text.lower()
    assert page.html.xpath("//input[@name='kode']/@autocomplete") == ["one-time-code"]
    opened = presses(other, page, "/kode", kode=sent_code(office))
    assert (opened.url, opened.status) == (f"/telaah/{number}", 200)
    assert "SITI" in opened.text
    office.clock.forward(days=29)
    assert not asks(other.opens(number))
    assert other.decides(number, "accept", {}).status == 200
    assert not asks(other.get(f"/telaah/{number}/lembar"))


def test_every_form_of_the_code_leads_to_a_page_of_its_own_so_that_going_back_sends_nothing_again(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    other = person(FIRST)
    for shown, way in ((other.opens(number), f"/telaah/{number}"), (at_strange_desk(office, other), "/meja")):
        form = shown.form("/kode/kirim")
        sent = other.sends((form.action, form.form_values()), follow=False)
        assert (sent.status, sent.headers["Location"]) == (303, f"{way}/kode")
        page = other.get(f"{way}/kode")
        assert page.form("/kode").fields["kode"] == ""
        assert (other.get(f"{way}/kode/kirim").url, asks(other.get(way))) == (f"{way}/kode", True)
        if way != "/meja":
            continue
        form = page.form("/meja/kode", "Buka meja kerja")
        values = [*(f for f in form.form_values() if f[0] != "kode"), ("kode", sent_code(office))]
        opened = other.sends((form.action, values), follow=False)
        assert (opened.status, opened.headers["Location"]) == (303, "/meja")
        assert other.get("/meja/kode").url == "/meja", "as one comes back to it"


def at_strange_desk(office: Office, other: Person) -> Page:
    mine = Person(office, FIRST)
    presses(mine, mine.get(office.desk_link(FIRST)), "/meja/tetap")
    return other.get(office.desk_link(FIRST))


def test_after_thirty_days_a_device_is_strange_again(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    other = person(FIRST)
    presses(other, presses(other, other.opens(number), "/kode/kirim"), "/kode", kode=sent_code(office))
    office.clock.forward(days=31)
    assert asks(other.opens(number))


def test_a_wrong_code_says_so_and_after_five_none_is_taken_for_a_while(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    other = person(FIRST)
    page = presses(other, other.opens(number), "/kode/kirim")
    code = sent_code(office)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1):
        page = presses(other, page, "/kode", kode=wrong)
        assert (page.status, f"Sisa percobaan: {left}" in page.text) == (422, True)
    owed = [each.identity for each in office.office.records.unsent()]
    for paused in (
        presses(other, page, "/kode", kode=wrong),
        presses(other, page, "/kode", kode=code),
        presses(other, page, "/kode/kirim"),
    ):
        assert (paused.status, "Coba lagi setelah" in paused.text) == (429, True)
        assert not paused.html.xpath("//main//form")
    assert [each.identity for each in office.office.records.unsent()] == owed
    assert asks(other.opens(number))


def test_a_code_that_is_too_late_leads_to_a_new_one(
    office: Office, person: Callable[[str], Person], number: str
) -> None:
    other = person(FIRST)
    page, code = presses(other, other.opens(number), "/kode/kirim"), sent_code(office)
    office.clock.forward(minutes=11)
    late = presses(other, page, "/kode", kode=code)
    assert (late.status, "sudah lewat" in late.text) == (422, True)
    assert late.form("/kode/kirim") is not None


def test_a_link_whose_case_has_moved_on_says_so_without_a_code_and_no_more(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis, other = office.case(), person(KADIS), person(KADIS)
    link = office.link(number, KADIS)
    kadis.decides(number, "forward", FORWARD)
    told = other.get(link)
    assert (told.status, "sudah ditindaklanjuti" in told.text, "SITI" in told.text) == (200, True, False)
    for address in ("/keputusan", "/lembar"):
        assert asks(other.get(f"/telaah/{number}{address}"))
    assert "Bukti keputusan" in kadis.get(f"/telaah/{number}/keputusan").text


@pytest.mark.parametrize("form", ["/kode/kirim", "/kode"])
def test_only_our_own_form_asks_for_a_code_or_sends_one(
    office: Office, person: Callable[[str], Person], number: str, form: str
) -> None:
    other = person(FIRST)
    page = other.opens(number)
    token, before = page.form("/kode/kirim").fields["csrf"], office.dump()
    for csrf in ("", "x", f"{token[:-3]}AAA"):
        posted = other.browser.post(f"/telaah/{number}{form}", data={"csrf": csrf, "kode": "1", "diminta": "x"})
        assert posted.status_code == 403
    foreign = {"Origin": "https://jahat.example"}
    posted = other.browser.post(f"/telaah/{number}{form}", data={"csrf": token, "diminta": "x"}, headers=foreign)
    assert posted.status_code == 403
    assert office.dump() == before


def test_the_mark_of_a_browser_says_nothing_about_anybody(office: Office, number: str) -> None:
    event = office.load(number).events[-1]
    assert re.fullmatch("[0-9a-f]{12}", event.data["device"])
    assert office.load(number).first_damage() is None


def test_an_office_may_do_without(tmp_path: Path) -> None:
    folder = derived(
        tmp_path, (r'^city = "Tarakan"\n', 'city = "Tarakan"\ndevice_code = false\n'), file="../office.toml"
    )
    office = Office(tmp_path / "data", SERVICE=str(folder))
    number = office.case("dispatch")
    Person(office, FIRST).decides(number, "dispatch", CHECKED)
    assert not asks(Person(office, FIRST).opens(number))
    office.office.records.close()  # type: ignore[attr-defined]
