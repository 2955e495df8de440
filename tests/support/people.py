"""The people of the story, as verbs: what each of them sees and presses, over HTTP, without JavaScript.

Everything is read from the pages and from the rehearsal's mailbox; nothing reaches behind the portal.
"""

import json
import re
import time
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from portal.documents.samples import sample
from tests.support.browser_without_javascript import Browser, File, Page
from tests.support.places import SCHEMAS

PERSON: Mapping[str, Any] = {
    "nama_ktp": "SITI CONTOH",
    "nama_dengan_gelar": "Siti Contoh, S.Kom.",
    "nik": "6473 0145 0190 0001",
    "status_kepegawaian": "PNS",
    "nip": "19900105 201503 2 001",
    "pangkat": "III/c",
    "jabatan": "Analis Contoh",
    "unit_kerja": "Bidang Contoh",
    "email": "Siti.Contoh@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "0812-3456-7890",
}

TICKET = r"[A-Z]{2,5}-[0-9]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}"

KINDS = ("surat_permohonan", "formulir_bsre", "ktp", "sk_terakhir")
"""The documents that the SOP asks for."""

ASKING = ".//button[@name='diisi_oleh' or (not(@name) and normalize-space()='Lanjut')]"
"""In a form that asks a part of an application."""


def samples() -> dict[str, Any]:
    """What a rehearsal has to draw sample documents by."""
    data = tomllib.loads((SCHEMAS / "penerbitan" / "rehearsal.toml").read_text("utf-8"))
    return {key: data[key] for key in ("samples", "specimen")}


class Mailbox:
    """The rehearsal's mailbox; ``deliver`` makes the portal send what it owes first."""

    def __init__(self, address: str, deliver: Callable[[], object] = lambda: None) -> None:
        self._browser, self._deliver = Browser(address), deliver

    def all(self) -> list[dict[str, Any]]:
        self._deliver()
        return list(json.loads(self._browser.get("/_mailbox.json").body))

    def tickets(self) -> set[str]:
        """The cases that anybody was ever told of."""
        return {found for mail in self.all() for found in re.findall(TICKET, mail["subject"])}

    def of(self, ticket: str) -> set[str]:
        """Everybody who was ever told of this case."""
        return {mail["to"] for mail in self.all() if ticket in mail["subject"]}

    def to(self, email: str, subject: str = "") -> list[dict[str, Any]]:
        return [mail for mail in self.all() if mail["to"] == email and subject in mail["subject"]]

    def wait_for(self, email: str, subject: str, seconds: float = 20) -> None:
        """For a server that sends by itself."""
        until = time.monotonic() + seconds
        while not self.to(email, subject):
            assert time.monotonic() < until, f"{email} got nothing about {subject}"
            time.sleep(0.1)

    def link(self, email: str, page: str, subject: str = "") -> str:
        """The newest link to such a page that this person was sent."""
        for mail in reversed(self.to(email, subject)):
            for link in mail["links"]:
                if f"/{page}/" in link:
                    return str(link)
        raise AssertionError(f"{email} got no link to {page}: {[m['subject'] for m in self.to(email)]}")


class Applicant:
    """Applies, confirms, mends, picks a visit, does what a step asks."""

    def __init__(self, address: str, mailbox: Mailbox, samples: Mapping[str, Any], **differently: Any) -> None:
        self.browser, self.mailbox, self._samples = Browser(address), mailbox, samples
        self.answers = {**PERSON, **differently}
        self.email = self.answers["email"].lower()
        self.ticket = ""

    def fill_in(self, path: str = "/ajukan", **differently: Any) -> Page:
        """Page by page, until no part of the form is left, or one comes back; the path says for whom."""
        page, answers = self.browser.get(path), {**self.answers, **differently}
        while (form := asking(page)) is not None and page.status == 200:
            page = self.answer(page, form, "lain" if path.endswith("/orang-lain") else "sendiri", answers)
        return page

    def answer(self, page: Page, form: Any, whom: str, answers: Mapping[str, Any]) -> Page:
        """One page of the form."""
        if form.xpath(".//button[@name='diisi_oleh']"):
            return self.browser.submit(page, form, f"Untuk {'orang lain' if whom == 'lain' else 'diri sendiri'}")
        asked = {element.get("name") for element in form.xpath(".//*[@name]")}
        said = {name: answer for name, answer in {**_first_choices(form), **answers}.items() if name in asked}
        return self.browser.submit(page, form, "Lanjut", **said)

    def upload(self, page: Page, kind: str, sample_name: str = "", card: str = "") -> Page:
        """Choose a file, send it, and have it checked; returns the page after that."""
        return _brought(self.browser, page, kind, File(*self.file(sample_name or kind)))

    def file(self, name: str) -> tuple[str, bytes]:
        spec = next(spec for spec in self._samples["samples"] if spec["name"] == name)
        return spec["file"], _drawn(name, json.dumps(self._samples))

    def upload_all(self, page: Page) -> Page:
        for kind in _kinds(page):
            page = self.upload(page, kind)
            assert page.status == 200, page.text
        return page

    def send(self, page: Page) -> Page:
        check = self.browser.get(page.href("/periksa"))
        sent = self.browser.submit(check, check.form("/periksa"), "Kirim", pernyataan="ya")
        assert sent.url.endswith("/terkirim"), sent.text
        self.ticket = sent.html.get_element_by_id("nomor-tiket").text_content().strip()
        return sent

    def apply(self) -> "Applicant":
        self.send(self.upload_all(self.fill_in()))
        return self

    def confirm(self) -> Page:
        page = self.browser.get(self.mailbox.link(self.email, "konfirmasi", self.ticket))
        return self.browser.submit(page, page.form(f"/konfirmasi/{self.ticket}"))

    def open(self) -> Page:
        return self.browser.get(self.mailbox.link(self.email, "permohonan", self.ticket))

    def mend(self, **typed: Any) -> Page:
        page = self.browser.get(self.open().href("/perbaikan"))
        for kind in _kinds(page):
            page = self.upload(page, kind)
        return self.browser.submit(page, page.form("/perbaikan", "Kirim perbaikan"), "Kirim", **typed)

    def pick(self, number: int = 0) -> Page:
        page = self.open()
        page = self.browser.get(page.href("/jadwal"))
        form = page.form("/jadwal", "Ambil")
        values = [radio.get("value") for radio in form.xpath(".//input[@name='jadwal']")]
        return self.browser.submit(page, form, jadwal=values[number])

    def do_task(self) -> Page:
        """Upload what the step asks for, and say that it is done."""
        page = self.open()
        for kind in _kinds(page):
            page = self.upload(page, kind)
        form = next(form for form in page.html.forms if form.xpath(".//input[@name='peristiwa']"))
        return self.browser.submit(page, form)

    def withdraw(self) -> Page:
        page = self.browser.get(self.open().href("/batal"))
        return self.browser.submit(page, page.form("/batal"), "Ya")


class Official:
    """Opens the link of the newest email about a ticket, and decides."""

    def __init__(self, address: str, mailbox: Mailbox, email: str) -> None:
        self.browser, self.mailbox, self.email = Browser(address), mailbox, email

    def open(self, ticket: str) -> Page:
        return self.browser.get(self.mailbox.link(self.email, "telaah", ticket))

    def desk(self) -> Page:
        """Ask for the link to all that waits, and open it."""
        page = self.browser.get("/meja")
        self.browser.submit(page, page.form("/tautan"), email=self.email)
        return self.browser.get(self.mailbox.link(self.email, "meja"))

    def begin_for(self, somebody: Applicant, service: str) -> str:
        """Fill in the form for somebody, from the desk, and send it; returns the ticket."""
        desk, theirs = self.desk(), somebody.browser
        assert desk.href(f"/meja/buka/{service}")
        somebody.browser = self.browser
        somebody.send(somebody.upload_all(somebody.fill_in(f"/meja/buka/{service}")))
        somebody.browser = theirs
        return somebody.ticket

    def decide(self, ticket: str, action: str, **typed: Any) -> Page:
        page = self.open(ticket)
        return self.press(page, action, **typed)

    def bring(self, page: Page, kind: str, letter: bytes) -> Page:
        """Upload a letter on an open case, and have it checked; returns the page after that."""
        return _brought(self.browser, page, kind, File("surat.pdf", letter))

    def press(self, page: Page, action: str, **typed: Any) -> Page:
        """Choose an action on an open case and send it with what was typed; ``"*"`` ticks every box."""
        form = next((f for f in page.html.forms if f.xpath(f".//input[@name='tindakan' and @value='{action}']")), None)
        assert form is not None, f"no choice {action} on {page.url}: {page.text[:600]}"
        chosen: dict[str, Any] = dict(typed)
        chosen |= {name: _all_values(form, name) for name, value in typed.items() if value == "*"}
        return self.browser.submit(page, form, **chosen)


def asking(page: Page) -> Any:
    """The form of a page that asks a part of an application; None on any other."""
    return next((form for form in page.html.forms if form.method == "POST" and form.xpath(ASKING)), None)


def _brought(browser: Browser, page: Page, kind: str, file: File) -> Page:
    form = next(form for form in page.html.forms if form.xpath(f".//input[@id='berkas-{kind}-file']"))
    arrived = browser.submit(page, form, file=file)
    assert arrived.status == 200, arrived.text
    return browser.submit(arrived, arrived.form(f"/{kind}"), "Periksa")


def _kinds(page: Page) -> list[str]:
    """Documents that the page asks for and has not got."""
    cards = page.html.xpath("//*[@data-card and not(contains(@data-announce, ': Terunggah'))]")
    return [card.get("id").removeprefix("berkas-") for card in cards]


def _first_choices(form: Any) -> dict[str, str]:
    """The first offered entry of every list, for answers that a story does not care about."""
    return {
        select.name: next(o.get("value") for o in select.xpath("./option") if o.get("value"))
        for select in form.xpath(".//select")
    }


def _all_values(form: Any, name: str) -> list[str]:
    return [box.get("value") for box in form.xpath(f".//input[@name='{name}']")]


@cache
def _drawn(name: str, samples: str) -> bytes:
    """A sample document; drawing one takes longer than everything else that an applicant does."""
    return sample(name, json.loads(samples))[0]
