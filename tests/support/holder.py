"""Somebody who has opened the emailed link to a case, and what that page says."""

import re
from typing import Any

from portal.core.application import Application
from tests.support.browser_without_javascript import Page
from tests.support.stage import InProcess, Stage
from tests.support.ways import WAYS

OTHER = "wati.contoh@tarakankota.go.id"


class Holder:
    """Somebody who has opened the emailed link to a case."""

    def __init__(self, stage: Stage, number: str) -> None:
        self.stage, self.number = stage, number
        self.browser = InProcess(stage.browser())
        self.page = self.opens(number)

    def opens(self, number: str) -> Page:
        return self.browser.get(self.stage.link("permohonan", number))

    def get(self, path: str = "") -> Page:
        return self.browser.get(f"/permohonan/{self.number}{path}")

    def submit(self, path: str, button: str = "", **typed: Any) -> Page:
        page = self.get(path)
        return self.browser.submit(page, page.form(f"/permohonan/{self.number}{path}", button), button, **typed)

    def post(self, path: str, **fields: str) -> Page:
        """A form of one's own making, with the token of the present page."""
        token = re.search(r'name="csrf" value="([^"]+)"', self.get("/batal").body.decode())
        body = "&".join(f"{name}={value}" for name, value in {"csrf": token[1] if token else "", **fields}.items())
        return self.browser.post(f"/permohonan/{self.number}{path}", body.encode())

    @property
    def case(self) -> Application:
        return self.stage.load(self.number)


def holder(stage: Stage, state: str, **answers: Any) -> Holder:
    return Holder(stage, stage.case(*WAYS[state], **answers))


def words(page: Page) -> str:
    return " ".join(" ".join(page.html.get_element_by_id("isi").itertext()).split())


def times(page: Page) -> list[str]:
    return [str(value) for value in page.html.xpath("//input[@name='jadwal']/@value")]


def replaced(siti: Holder, kind: str = "ktp") -> None:
    """Another file has been uploaded and found good."""
    draft = siti.stage.intake.begin_mending(siti.case)
    siti.stage.records.save_draft(draft.with_document(siti.stage.document(draft, kind)))


def said(page: Page) -> str:
    return " ".join(" ".join(page.html.xpath("//main//*[@role='status']//text()")).split())
