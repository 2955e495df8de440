"""Whoever keeps the register, at the desk in a browser; and what was issued before the portal."""

from portal.core.register import Certificate, corrections, from_before
from tests.support.browser_without_javascript import Page
from tests.support.stage import VERIFIKATOR, InProcess, Stage

LIST = "/meja/register/penerbitan"


class Keeper:
    """Somebody whose desk is open in a browser."""

    def __init__(self, stage: Stage, email: str = VERIFIKATOR) -> None:
        self.stage, self.browser = stage, InProcess(stage.browser())
        self.browser.get(stage.link("meja", "", email))

    def get(self, path: str = "") -> Page:
        return self.browser.get(f"{LIST}{path}")

    def search(self, text: str, **more: str) -> Page:
        page = self.get()
        return self.browser.submit(page, page.form(LIST), "Cari di register", cari=text, **more)

    def entry(self, id: str) -> Page:
        return self.get(f"/entri/{id}")

    def checks(self, id: str, action: str, **typed: str) -> Page:
        page = self.entry(id)
        forms = [form for form in page.html.forms if form.fields.get("tindakan") == action]
        return self.browser.submit(page, forms[0], "Periksa dahulu", **typed)

    def records(self, id: str, action: str, **typed: str) -> Page:
        page = self.checks(id, action, **typed)
        return self.browser.submit(page, page.form(f"{LIST}/entri/{id}/catat"))


def words(page: Page) -> str:
    return " ".join(" ".join(page.html.get_element_by_id("isi").itertext()).split())


def imported(stage: Stage, serial: str, name: str, until: str = "2027-06-01") -> Certificate:
    said = {"serial": serial, "name": name, "office": "BKPSDM", "email": f"{serial.lower()}@x.go.id"}
    entry = from_before("penerbitan", {**said, "valid_from": "2025-06-01", "valid_until": until})
    stage.records.keep_certificates([entry], corrections(None, entry, stage.office.today()))
    return entry
