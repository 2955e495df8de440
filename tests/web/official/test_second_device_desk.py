"""A link in use on one device, without any decision yet, asks for a code on another; looking alone never binds one."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.support.browser_without_javascript import Page
from tests.support.derived import derived
from tests.support.office import CHECKED, FIRST, FORWARD, KABID, KADIS, Office, Person

PAGES = ("", "/keputusan", "/lembar", "/berkas/ktp", "/berkas/ktp/1.jpg", "/berkas/ktp/asli")


def asks(page: Page) -> bool:
    return page.url.endswith("/kode") and "Perangkat ini belum dikenal" in page.text


def presses(who: Person, page: Page, action: str, **typed: str) -> Page:
    form = page.form(action)
    return who.sends((form.action, [*(f for f in form.form_values() if f[0] not in typed), *typed.items()]))


def sent_code(office: Office, email: str) -> str:
    (found,) = re.findall(r"Kode Anda: (\d{3} \d{3})", office.emailed("code", email))
    return str(found)


def at_desk(office: Office, who: Person) -> Page:
    return who.get(office.desk_link(who.email))


def test_looking_at_the_desk_on_any_number_of_devices_asks_nobody(
    office: Office, person: Callable[[str], Person]
) -> None:
    office.case()
    before = office.dump()
    for device in (person(KADIS), person(KADIS), person(KADIS)):
        for _ in range(2):
            page = at_desk(office, device)
            assert (page.url, device.get(page.html.xpath("//a[@class='row']/@href")[0]).status) == ("/meja", 200)
    assert office.dump() == before


def test_a_desk_that_stays_open_on_one_device_asks_for_a_code_on_another(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, mine, other = office.case(), person(KADIS), person(KADIS)
    stays = presses(mine, at_desk(office, mine), "/meja/tetap")
    assert "tetap terbuka di perangkat ini" in stays.text
    for address in ("/meja", "/meja/register/penerbitan", "/meja/bersama"):
        at_desk(office, other)
        shown = other.get(address)
        assert (asks(shown), number in shown.text) == (True, False), address
    assert not asks(at_desk(office, mine))
    before = office.dump()
    code_page = other.get("/meja/kode")
    token = code_page.form("/meja/kode/kirim").fields["csrf"]
    refused = other.browser.post("/meja", data={"csrf": token, "cari": "siti"}, follow_redirects=True)
    assert asks(other.page(refused))
    assert office.dump() == before

    page = presses(other, code_page, "/meja/kode/kirim")
    opened = presses(other, page, "/meja/kode", kode=sent_code(office, KADIS))
    assert (opened.url, number in opened.text) == ("/meja", True)
    assert not asks(at_desk(office, other))
    assert not asks(at_desk(office, person(KABID)))


def test_it_stays_open_for_thirty_days_without_a_link_until_somebody_leaves(
    office: Office, person: Callable[[str], Person]
) -> None:
    office.case()
    mine, passing = person(KADIS), person(KADIS)
    presses(mine, at_desk(office, mine), "/meja/tetap")
    office.clock.forward(days=29)
    page = mine.get("/meja")
    assert "permohonan menunggu Anda" in page.text
    assert at_desk(office, mine).url == "/meja"
    left = presses(mine, page, "/meja/keluar")
    assert left.form("/tautan") is not None
    office.clock.forward(days=2)
    assert not asks(at_desk(office, passing))
    office.clock.forward(hours=13)
    assert passing.get("/meja").form("/tautan") is not None


def leaves(who: Person, page: Page) -> Page:
    form = page.form("/meja/keluar")
    return who.sends((form.action, form.form_values()), follow=False)


def test_leaving_the_desk_drops_pictures_and_closes_the_cases_of_its_reader_in_this_browser_alone(
    office: Office, person: Callable[[str], Person]
) -> None:
    numbers = [office.case("dispatch"), office.case("dispatch")]
    mine, elsewhere = person(FIRST), person(FIRST)
    for number in numbers:
        assert elsewhere.opens(number).status == 200
    others = office.case()
    assert mine.get(office.link(others, KADIS)).status == 200
    assert mine.opens(numbers[1]).status == 200
    desk = at_desk(office, mine)
    ways = list(desk.html.xpath("//a[@class='row']/@href"))
    assert mine.get(ways[0]).status == 200
    left = leaves(mine, desk)
    assert (left.status, left.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert not asks(at_desk(office, person(FIRST))), "leaving puts no link into use"
    for number in numbers:
        for address in PAGES:
            shown = mine.get(f"/telaah/{number}{address}")
            assert (shown.status, b"SITI" in shown.body) == (403, False), address
        assert elsewhere.get(f"/telaah/{number}").status == 200
    assert mine.get(ways[0]).status == 403, "a desk that is still open in another tab leads nowhere"
    assert mine.get(f"/telaah/{others}").status == 200
    assert mine.opens(numbers[0]).status == 200
    assert at_desk(office, mine).url == "/meja"
    assert mine.get(ways[0]).status == 200


def test_a_desk_that_asks_for_a_code_opens_no_case_that_was_left(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case("dispatch")
    mine, shared = person(FIRST), person(FIRST)
    assert shared.opens(number).status == 200
    leaves(shared, at_desk(office, shared))
    presses(mine, at_desk(office, mine), "/meja/tetap")
    page = at_desk(office, shared)
    assert asks(page)
    assert shared.get(f"/telaah/{number}").status == 403
    page = presses(shared, presses(shared, page, "/meja/kode/kirim"), "/meja/kode", kode=sent_code(office, FIRST))
    assert shared.get(f"/telaah/{number}").status == 403, "what was opened before is not open again either"
    (way,) = page.html.xpath("//a[@class='row']/@href")
    assert shared.get(way).status == 200


def test_one_leaves_however_long_the_page_was_open(office: Office, person: Callable[[str], Person]) -> None:
    number, mine = office.case("dispatch"), person(FIRST)
    desk = at_desk(office, mine)
    office.clock.forward(hours=11)
    assert mine.opens(number).status == 200
    office.clock.forward(hours=1, minutes=1)
    left = leaves(mine, desk)
    assert (left.status, left.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert mine.get(f"/telaah/{number}").status == 403


def test_a_wrong_code_opens_no_desk(office: Office, person: Callable[[str], Person]) -> None:
    mine, other = person(KADIS), person(KADIS)
    presses(mine, at_desk(office, mine), "/meja/tetap")
    page = presses(other, at_desk(office, other), "/meja/kode/kirim")
    wrong = f"{(int(sent_code(office, KADIS).replace(' ', '')) + 1) % 10**6:06}"
    assert presses(other, page, "/meja/kode", kode=wrong).status == 422
    assert asks(other.get("/meja"))
    assert other.browser.post("/meja/kode/kirim", data={"csrf": "x"}).status_code == 403


def test_deciding_from_the_desk_or_searching_there_puts_its_link_into_use(
    office: Office, person: Callable[[str], Person]
) -> None:
    office.case()
    kadis, first, later = person(KADIS), person(FIRST), person(KADIS)
    page = at_desk(office, kadis)
    kadis.sends(kadis.fills(kadis.get(page.html.xpath("//a[@class='row']/@href")[0]), "forward", FORWARD))
    assert asks(at_desk(office, later))
    assert not asks(at_desk(office, kadis))
    office.case("dispatch")
    searched = presses(first, at_desk(office, first), "/meja", cari="siti")
    assert "1 permohonan cocok" in searched.text
    assert asks(at_desk(office, person(FIRST)))


def test_the_first_thing_done_from_a_case_puts_its_link_into_use_and_only_there(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, same, mine, other = office.case("dispatch"), office.case("dispatch"), person(FIRST), person(FIRST)
    page = mine.opens(number)
    assert mine.sends(mine.fills(page, "dispatch", {"checklist": ["ktp"]})).status == 422
    assert not asks(person(FIRST).opens(number))
    assert "sudah dikirim" in presses(mine, page, f"/telaah/{number}/meja").text
    before = office.dump()
    assert asks(other.opens(number))
    assert not asks(other.opens(same))
    assert not asks(mine.opens(number))
    assert "sudah dikirim" in presses(mine, page, f"/telaah/{number}/meja").text
    assert office.dump() == before
    assert mine.decides(number, "dispatch", CHECKED).status == 200


def test_an_office_may_do_without_at_the_desk_too(tmp_path: Path) -> None:
    folder = derived(
        tmp_path, (r'^city = "Tarakan"\n', 'city = "Tarakan"\ndevice_code = false\n'), file="../office.toml"
    )
    office = Office(tmp_path / "data", SERVICE=str(folder))
    mine = Person(office, KADIS)
    presses(mine, at_desk(office, mine), "/meja/tetap")
    assert not asks(at_desk(office, Person(office, KADIS)))
    office.office.records.close()  # type: ignore[attr-defined]


def test_a_code_that_was_typed_in_one_browser_opens_no_other_and_a_double_click_is_none(
    office: Office, person: Callable[[str], Person]
) -> None:
    office.case()
    mine, other, third = person(KADIS), person(KADIS), person(KADIS)
    presses(mine, at_desk(office, mine), "/meja/tetap")
    pages = [presses(who, at_desk(office, who), "/meja/kode/kirim") for who in (other, third)]
    code = sent_code(office, KADIS)
    for _ in range(2):
        assert presses(other, pages[0], "/meja/kode", kode=code).url == "/meja"
    refused = presses(third, pages[1], "/meja/kode", kode=code)
    assert (refused.status, "Kode ini sudah dipakai di peramban lain." in refused.text) == (422, True)
    page = presses(third, refused, "/meja/kode/kirim")
    owed = [each for each in office.office.records.unsent() if each.letter == "code"]
    (again,) = {office.house.correspondence.compose(each).text for each in owed} - {office.emailed("code", KADIS)}
    assert presses(third, page, "/meja/kode", kode=re.findall(r"\d{3} \d{3}", again)[0]).url == "/meja"
