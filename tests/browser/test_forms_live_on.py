"""In a real browser: links tapped again in another tab, two people's cases in one browser, and a session that ends."""

import pytest

from tests.support.city import KADIS, City
from tests.support.in_chromium import Someone

pytestmark = [pytest.mark.browser, pytest.mark.long]

NOTE = "Tolong diproses hari ini.\nBerkas sudah saya baca."


def test_a_form_goes_on_whatever_is_opened_beside_it(someone: Someone, city: City) -> None:
    me, siti, wati = someone(), city.applicant().apply(), city.applicant(email="wati@tarakankota.go.id").apply()
    hers = me.context.new_page()
    me.go(city.mailbox.link(siti.email, "konfirmasi", siti.ticket))
    hers.goto(city.mailbox.link(wati.email, "konfirmasi", wati.ticket))
    me.press("Konfirmasi dan teruskan permohonan")
    me.sees("sudah dikonfirmasi", siti.ticket)
    hers.get_by_role("button", name="Konfirmasi dan teruskan permohonan").click()
    assert "sudah dikonfirmasi" in hers.locator("main").inner_text()
    assert wati.ticket in hers.locator("main").inner_text()

    link = city.mailbox.link(KADIS, "telaah", siti.ticket)
    me.go(link)
    form = me.open_choice("forward")
    form.get_by_role("checkbox").first.check()
    form.locator("textarea").fill(NOTE)
    hers.goto(link)  # the email tapped once more, while the note is being written
    me.has_all()
    city.clock.forward(hours=12, minutes=1)
    with me.expecting(403):
        form.get_by_role("button").last.click()
        me.sees("Isian Anda tidak hilang")
    with me.expecting(403):
        me.page.reload()
    me.sees("Isian Anda tidak hilang")
    assert me.barriers_here() == []
    me.shoot("isian-tidak-hilang")
    hers.goto(city.mailbox.link(KADIS, "telaah", siti.ticket))
    with me.expecting(403):
        me.press("Kirim isian tadi")
        me.sees("halaman terlalu lama terbuka")
    again = me.open_choice("forward")
    assert again.locator("textarea").input_value() == NOTE
    again.get_by_role("button").last.click()
    me.sees("Didisposisikan")
    assert city.house.office.records.load(siti.ticket).events[-1].data["note"] == NOTE
    assert me.complaints == []
