"""Going back or reloading never makes the browser ask whether to send a form once more."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.chromium import Person
from tests.support.city import KADIS, City
from tests.support.in_chromium import Someone

pytestmark = [pytest.mark.browser, pytest.mark.long]


def code(city: City, email: str) -> str:
    found = re.search(r"Kode Anda: (\d{3} \d{3})", city.mailbox.to(email, "")[-1]["text"])
    assert found
    return found[1]


def desk_link(city: City, email: str) -> str:
    city.house.cases.owe_desk(email)
    return city.mailbox.link(email, "meja")


def goes_back(me: Person, sentence: str) -> None:
    """To a page that is asked for anew; what was posted would be no page at all."""
    me.page.go_back()
    me.sees(sentence)
    me.page.reload()
    me.sees(sentence)


def test_after_a_code_on_a_strange_device_one_goes_back_to_pages(someone: Someone, city: City) -> None:
    number = city.applicant().apply().confirm()
    mine, me = someone(), someone()
    me.context.clear_cookies()  # of a device that all officials know
    mine.go(desk_link(city, KADIS))
    mine.press("Tetap masuk di perangkat ini")
    mine.sees("tetap terbuka di perangkat ini")
    me.go(desk_link(city, KADIS))
    me.press("Kirim kode ke")
    me.sees("kami telah mengirim")
    me.page.reload()
    me.sees("kami telah mengirim")
    right = code(city, KADIS)
    me.fill(
        {"kode": f"{(int(right.replace(' ', '')) + 1) % 10**6:06}"},
        me.page.locator("form").filter(has_text="Kode enam"),
    )
    with me.expecting(422):
        me.press("Buka meja kerja")
    me.sees("Sisa percobaan")
    me.page.reload()
    me.sees("kami telah mengirim")
    me.fill({"kode": right}, me.page.locator("form").filter(has_text="Kode enam"))
    me.press("Buka meja kerja")
    me.sees("permohonan menunggu Anda")
    me.page.locator("a.row").first.click()
    me.sees("Permohonan dari")
    goes_back(me, "permohonan menunggu Anda")
    me.page.go_back()
    me.sees("permohonan menunggu Anda")
    assert me.complaints == [], number


def test_what_answered_a_form_is_asked_for_anew(someone: Someone, city: City) -> None:
    city.applicant().apply().confirm()
    me = someone()
    me.go("/tautan")
    me.fill({"email": KADIS})
    me.press("Kirim tautan baru")
    me.sees("Periksa email Anda")
    me.page.reload()
    me.sees("Tautan dikirim hanya")
    me.go(desk_link(city, KADIS))
    me.page.get_by_text("Cari atau saring").click()
    me.fill({"cari": "contoh"}, me.page.locator("form.filter"))
    me.press("Tampilkan")
    me.sees("permohonan cocok")
    me.page.locator("a.row").first.click()
    me.sees("Permohonan dari")
    me.page.go_back()
    expect(me.page.locator("a.row")).to_have_count(1)
    assert me.complaints == []
