"""The links that officials are sent, the people who hold them, and nobody's GET."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.support import document_specimens
from tests.support.office import CHECKED, FIRST, FORWARD, KABID, KADIS, OFFICIALS, SECOND, Office, Person


def test_the_links_secret_leaves_the_address_bar(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case()
    response = person(KADIS).browser.get(office.link(number, KADIS))
    cookie = response.headers["Set-Cookie"]

    assert (response.status_code, response.headers["Location"]) == (303, f"/telaah/{number}")
    assert f"Path=/telaah/{number}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_expired_link_offers_a_new_one_by_one_button(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case()
    link = office.link(number, KADIS)
    office.clock.forward(days=15)
    page = person(KADIS).get(link)

    assert page.status == 410
    form = page.form("/tautan")
    assert form.fields["token"] == link.removeprefix("/telaah/")
    assert "SITI" not in page.text
    assert KADIS not in page.text
    answer = person("").sends((form.action, list(form.form_values())))
    assert answer.status == 200
    assert KADIS not in answer.text
    owed = [(n.letter, n.recipient) for n in office.office.records.unsent() if n.occasion]
    assert owed == [("turn", KADIS)]


def test_who_has_lost_the_link_need_not_type_the_ticket_again(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    for address in (f"/telaah/{number}", f"/telaah/{number}/lembar", f"/telaah/{number}/berkas/ktp"):
        page = kadis.get(kadis.get(address).href("/tautan"))
        assert page.form("/tautan").fields["tiket"] == number


def test_what_may_be_the_secret_of_a_link_goes_into_no_other_address(
    office: Office, person: Callable[[str], Person]
) -> None:
    number, kadis = office.case(), person(KADIS)
    secret = office.link(number, KADIS).removeprefix("/telaah/")
    for address in (f"/telaah/{secret}/lembar", f"/telaah/{secret}/berkas/ktp"):
        page = kadis.get(address)
        assert page.status == 403
        assert secret not in page.body.decode()
        assert "tiket" not in page.href("/tautan")


def test_strange_links_open_nothing(office: Office, person: Callable[[str], Person]) -> None:
    number, other = office.case(), office.case()
    link, kadis = office.link(number, KADIS), person(KADIS)
    desk = office.desk_link(KADIS).replace("/meja/", "/telaah/")

    for strange in (link[:-3] + "abc", desk, "/telaah/x", "/telaah/%00", "/telaah/" + "y" * 3000, "/meja/x"):
        assert kadis.get(strange).status == 403, strange
    assert kadis.get(f"/telaah/{number}").status == 403
    assert kadis.get(link).status == 200
    assert kadis.get(f"/telaah/{other}").status == 403
    kadis.browser.set_cookie("telaah", kadis.browser.get_cookie("telaah", path=f"/telaah/{number}").value, path="/")  # type: ignore[union-attr]
    for address in ("", "/keputusan", "/lembar", "/berkas/ktp", "/berkas/ktp/1.jpg", "/berkas/ktp/asli"):
        assert kadis.get(f"/telaah/{other}{address}").status == 403
    assert kadis.page(kadis.browser.post(f"/telaah/{other}/putuskan", data={"tindakan": "forward"})).status == 403


def test_a_ticket_typed_by_hand_finds_its_page(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    kadis.opens(number)

    assert kadis.get(f"/telaah/{number.lower().replace('-', ' ')}").url == f"/telaah/{number}"


def test_who_holds_the_office_no_more_reads_and_decides_nothing(
    office: Office, person: Callable[[str], Person]
) -> None:
    number = office.case()
    office.act(number, KADIS, "forward", FORWARD)
    kabid = person(KABID)
    filled = kabid.fills(kabid.opens(number), "forward", FORWARD)
    office.office.records.appoint(replace(OFFICIALS[1], until=date(2026, 11, 22)))
    before = office.dump()

    for address in ("", "/keputusan", "/lembar", "/berkas/ktp", "/berkas/ktp/1.jpg", "/berkas/ktp/asli"):
        page = kabid.get(f"/telaah/{number}{address}")
        assert page.status == 403
        assert "SITI" not in page.text
    assert kabid.sends(filled).status == 403
    assert kabid.get(office.desk_link(KABID)).status == 403
    assert office.dump() == before


@pytest.mark.parametrize("same", [{"email": FIRST}, {"nip": "197001012000121001", "nik": "6473014101700001"}])
def test_nobody_decides_on_his_own_application(
    office: Office, person: Callable[[str], Person], same: dict[str, Any]
) -> None:
    if "email" in same:
        number, email, other = office.case("dispatch", **same), FIRST, SECOND
    else:
        number, email, other = office.case("", **same), KADIS, ""
    page = person(email).opens(number)

    assert page.status == 403
    assert "Permohonan Anda sendiri" in page.text
    assert number not in person(email).get(office.desk_link(email)).text
    if other:
        assert person(other).decides(number, "dispatch", CHECKED).status == 200


def test_only_forms_of_ones_own_page_decide(office: Office, person: Callable[[str], Person]) -> None:
    number, first, second = office.case("dispatch"), person(FIRST), person(SECOND)
    path, fields = first.fills(first.opens(number), "dispatch", CHECKED)
    second.opens(number)
    before = office.dump()

    without = [(name, value) for name, value in fields if name != "csrf"]
    assert first.sends((path, without)).status == 403
    assert first.sends((path, [*without, ("csrf", "x")])).status == 403
    assert second.sends((path, fields)).status == 403
    for headers in ({"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        assert first.browser.post(path, data=dict(fields), headers=headers).status_code == 403
    office.clock.forward(hours=13)
    assert first.sends((path, fields)).status == 403
    assert office.dump() == before


def test_scanners_change_nothing_before_and_after_the_human(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case(content=document_specimens.pdf(pages=2))
    link, desk = office.link(number, KADIS), office.desk_link(KADIS)
    case, kadis = f"/telaah/{number}", person(KADIS)
    rest = ("putuskan", "keputusan", "lembar", "berkas/ktp", "berkas/ktp/1.jpg?lebar=320", "berkas/ktp/asli")
    addresses = [link, case, *(f"{case}/{end}" for end in rest), desk, "/meja"]

    def scan(browser: Any) -> None:
        before = office.dump()
        for address in addresses * 2:
            for method in ("GET", "HEAD", "OPTIONS"):
                assert browser.open(address, method=method).status_code < 500, address
        assert office.dump() == before

    scan(office.app.test_client())
    kadis.opens(number)
    scan(kadis.browser)
    kadis.decides(number, "forward", FORWARD)
    scan(kadis.browser)
    scan(office.app.test_client())


def test_hostile_forms_are_refused_in_words(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    path, fields = kadis.fills(kadis.opens(number), "forward", FORWARD)
    fixed = {"csrf": dict(fields)["csrf"], "peristiwa": dict(fields)["peristiwa"], "tindakan": "forward"}
    before = office.dump()
    bad: list[tuple[dict[str, Any], int]] = [
        ({"tindakan": "bogus"}, 409),
        ({"tindakan": "dispatch"}, 409),
        ({"tindakan": ""}, 409),
        ({"peristiwa": ""}, 400),
        ({"peristiwa": "x"}, 400),
        ({"peristiwa": "9" * 5000}, 400),
        ({"peristiwa": "-1"}, 409),
        ({"peristiwa": "99"}, 409),
        ({"instructions": "bogus"}, 422),
        ({"instructions": ["proses", "\x00", "\ud800".encode("utf-8", "surrogatepass")]}, 422),
        ({"instructions": "proses", "note": "a" * 1001}, 422),
        ({"instructions": "proses", "note": "a" * 300_000}, 413),
        ({"tindakan": "return", "items": ["nope"], "reason": ["lainnya", "lainnya"]}, 422),
    ]
    for changes, status in bad:
        response = kadis.browser.post(path, data={**fixed, **changes})
        assert response.status_code == status, changes
    assert kadis.browser.post(path, data=b"\xff\xfe=%00&csrf", content_type="text/plain").status_code == 403
    assert office.dump() == before
    clean = kadis.browser.post(path, data={**fixed, "instructions": "proses", "note": "a\x00b\u202ec"})
    assert clean.status_code == 303
    assert office.load(number).events[-1].data["note"] == "abc"
