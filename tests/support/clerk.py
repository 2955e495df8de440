"""A clerk with a browser, who comes in as clerks do: by the link of an email and the code of the next."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tests.support.browser_without_javascript import Page
from tests.support.stage import InProcess, Stage

EMAIL = "dkisp@tarakankota.go.id"
"""The office's own address: a clerk's, where its file names none."""


class ClerkInPerson:
    def __init__(self, stage: Stage, email: str = EMAIL) -> None:
        self.stage, self.email, self.browser = stage, email, InProcess(stage.browser())

    @classmethod
    def at_the_desk(cls, stage: Stage) -> "ClerkInPerson":
        """One who has come in already."""
        made = cls(stage)
        made.browser.client.set_cookie("petugas", made.cookie(), path="/petugas")
        return made

    def get(self, path: str = "/petugas") -> Page:
        return self.browser.get(path)

    def asks(self) -> None:
        page = self.get("/petugas")
        self.browser.submit(page, page.form("/petugas/masuk"), email=self.email)

    def newest(self) -> dict[str, Any]:
        return next(m for m in reversed(self.stage.mail()) if m["to"] == self.email)

    def opens_link(self) -> Page:
        return self.get(self.newest()["links"][0].removeprefix("http://localhost"))

    def code(self) -> str:
        found = re.search(r"Kode Anda: (\d{3}) (\d{3})", self.newest()["text"])
        assert found
        return "".join(found.groups())

    def wants_code(self, page: Page) -> Page:
        csrf = page.html.xpath("//input[@name='csrf']/@value")[0]
        return self.browser.post("/petugas/kode/kirim", urlencode({"csrf": csrf}).encode())

    def types(self, page: Page, code: str) -> Page:
        return self.browser.submit(page, page.form("/petugas/kode"), "Masuk", kode=code)

    def comes_in(self) -> Page:
        self.asks()
        page = self.wants_code(self.opens_link())
        return self.types(page, self.code())

    def opens_again(self) -> Page:
        """The emailed link once more, as a bookmark or the back button does."""
        links = [link for message in self.stage.mail() if message["to"] == self.email for link in message["links"]]
        return self.get(links[0].removeprefix("http://localhost"))

    def opens_link_of(self, other: "ClerkInPerson") -> Page:
        """What another browser was sent; both have the same mailbox."""
        return other.__class__.opens_again(self)

    def cookie(self) -> str:
        """Of somebody who is in."""
        at = self.stage.clock.at + timedelta(days=400)
        return self.stage.office.links.sign("cookie.petugas", {"r": self.email}, at)

    def post(self, path: str, page: Page, **fields: str) -> Page:
        """What a form of a page sends, whatever the page says now."""
        csrf = page.html.xpath("//input[@name='csrf']/@value")[0]
        return self.browser.post(path, urlencode({"csrf": csrf, **fields}).encode())

    def marks(self, page: Page) -> list[str]:
        """Of the emails that a page offers to see to."""
        return [str(mark) for mark in page.html.xpath("//input[@name='email']/@value")]
