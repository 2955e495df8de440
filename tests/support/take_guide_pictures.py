"""Takes the guides' pictures anew once pages look different: ``.venv/bin/python -m tests.support.take_guide_pictures``.

Plays the rehearsal with its invented people on a still clock and photographs a phone; writes them to the
service's ``pages``.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page

from portal.core.application import Actor
from portal.core.notices import notice
from portal.web.official.devices import COOKIE, PATHS
from tests.support.chromium import chromium
from tests.support.city import KABID, KADIS, STATISTISI, VERIFIKATOR, City
from tests.support.devices import known_to
from tests.support.places import ROOT
from tests.support.server import Clock, serving

ALBUM = ROOT / "schemas" / "penerbitan" / "pages" / "assets" / "panduan"
WIDTH, SHARPNESS = 360, 1.5  # CSS pixels of the phone; device pixels for each of them
AROUND = 8
"""CSS pixels of page shown around what a picture is of."""


@contextmanager
def phone() -> Iterator[Page]:
    """A phone by daylight. It does not show the bar of the rehearsal, which nobody has in earnest."""
    with chromium() as browser:
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 720},
            device_scale_factor=SHARPNESS,
            reduced_motion="reduce",
            color_scheme="light",
            locale="id-ID",
            bypass_csp=True,
        )
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => document.querySelector('.rehearsal')?.remove())"
        )
        yield page


def take(page: Page, name: str, first: str, last: str = "") -> None:
    """Photograph the page from one element to another, over its whole width."""
    boxes = [page.locator(each).locator("visible=true").first.bounding_box() for each in (first, last or first)]
    top, end = boxes[0], boxes[-1]
    assert top, f"{name}: {first} cannot be seen"
    assert end, f"{name}: {last} cannot be seen"
    y = max(top["y"] - AROUND, 0)
    clip = {"x": 0, "y": y, "width": WIDTH, "height": end["y"] + end["height"] + AROUND - y}
    shot = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
    ALBUM.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").save(ALBUM / f"{name}.webp", quality=40, method=6)
        size = (ALBUM / f"{name}.webp").stat().st_size
        print(f"{name}.webp  {WIDTH} x {clip['height']:.0f}  {size // 1024} KB")


def open_choice(page: Page, action: str) -> str:
    """Tap a decision open; returns where it is."""
    choice = f"#tindakan-{action}"
    if page.locator(choice).get_attribute("open") is None:
        page.locator(f"{choice} > summary").click()
    page.locator("body").click(position={"x": 1, "y": 1})  # so that no ring is around it
    return choice


def officials(city: City, page: Page, ticket: str) -> None:
    """The guide of those who forward."""
    city.mailbox.all()
    page.goto(f"{city.address}/_mailbox")
    page.locator("article.mail").filter(has_text=KADIS).first.get_by_text("Lihat seperti").click()
    take(page, "pejabat-email", "body", "a:has-text('Buka permohonan')")
    page.goto(city.mailbox.link(KADIS, "telaah", ticket))
    take(page, "pejabat-permohonan", ".progress-words", ".thumbs")
    choice = open_choice(page, "forward")
    take(page, "pejabat-keputusan", choice)
    city.official(KADIS).decide(ticket, "forward", instructions=["proses"], note="Mohon diproses.")
    page.goto(f"{city.address}/telaah/{ticket}/keputusan")
    take(page, "pejabat-bukti", "main h1", ".notice")


def verifikator(city: City, page: Page, ticket: str) -> None:
    """The guide of who checks, invites and hands over."""
    for email in (KABID, STATISTISI):
        city.official(email).decide(ticket, "forward", instructions=["proses"], note="Mohon diproses.")
    clerk = city.official(VERIFIKATOR)
    page.goto(city.mailbox.link(VERIFIKATOR, "telaah", ticket))
    take(page, "verifikator-periksa", open_choice(page, "dispatch"))
    clerk.decide(ticket, "dispatch", checklist="*")
    clerk.decide(ticket, "accept")
    clerk.decide(ticket, "invite")


def desk(city: City, page: Page, ticket: str) -> None:
    """The guide of the clerk's desk, in the morning: one late, one email refused, one expected."""
    office, clock = city.house.office, city.clock
    held = office.links.sign("cookie.petugas", {"r": office.services.office["email"]}, clock() + timedelta(days=30))
    page.context.add_cookies([{"name": "petugas", "value": held, "url": f"{city.address}/petugas"}])
    actor = Actor("kadis", "Rahmawati Contoh", email=KADIS)
    owed = notice("turn", actor, about=ticket, event=2, at=clock(), occasion="picture")
    office.records.owe([owed])
    office.records.settle_notice(owed.failed("552 5.2.2 mailbox full", clock(), hopeless=True))
    page.goto(f"{city.address}/petugas")
    take(page, "meja-pagi", "main h1", ".find-case")
    page.goto(f"{city.address}/petugas/email")
    take(page, "meja-email", "main h1", ".task")
    page.goto(f"{city.address}/petugas/pejabat/tunjuk")
    page.check("[value='penerbitan/kadis']")
    page.check("[value='Plh.']")
    first, last = office.today(), office.today() + timedelta(days=3)
    said = {"nama": "Dewi Contoh", "email": "dewi.contoh@tarakankota.go.id", "surat": "800/7/2026"}
    for name, words in {**said, "mulai": first.isoformat(), "sampai": last.isoformat()}.items():
        page.fill(f"[name='{name}']", words)
    page.click("text=Lihat akibatnya")
    take(page, "meja-akibat", "main h1", ".button")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, phone() as page:
        clock = Clock()
        with serving(Path(folder), clock) as house:
            city = City(house, clock)
            host = urlsplit(city.address).hostname or ""
            known = known_to(city.house)
            page.context.add_cookies([{"name": COOKIE, "value": known, "domain": host, "path": path} for path in PATHS])
            siti = city.applicant().apply()
            siti.confirm()
            officials(city, page, siti.ticket)
            verifikator(city, page, siti.ticket)
            page.goto(f"{city.address}/status/{siti.ticket}")
            take(page, "petugas-status", "main h1", ".card")
            siti.pick()
            for name in ("BUDI CONTOH", "WAYAN CONTOH"):
                city.applicant(nama_ktp=name).apply().confirm()
            clerk = city.official(VERIFIKATOR)
            clock.forward(days=2)
            desk(city, page, siti.ticket)
            page.goto(city.mailbox.link(VERIFIKATOR, "telaah", siti.ticket))
            take(page, "verifikator-kunjungan", open_choice(page, "attend"), "#tindakan-miss")
            clerk.decide(siti.ticket, "attend")
            page.goto(city.mailbox.link(VERIFIKATOR, "telaah", siti.ticket))
            take(page, "verifikator-sertifikat", open_choice(page, "record"))


if __name__ == "__main__":
    main()
