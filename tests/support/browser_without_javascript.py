"""A browser as small as a test needs: cookies, redirects, links and forms over real HTTP, no JavaScript.

It fills in what a page really offers: a field or button that is not there is an error of the test.
"""

import mimetypes
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin

import lxml.html


@dataclass(frozen=True)
class File:
    """A file chosen in a file field."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Page:
    """What came back: where from, status, headers, and the document."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def html(self) -> Any:
        return lxml.html.fromstring(self.body.decode(), base_url=self.url)

    @property
    def text(self) -> str:
        """The words a person sees, white space collapsed."""
        html = self.html
        for unseen in html.xpath("//script | //style | //template"):
            unseen.drop_tree()
        return " ".join(html.text_content().split())

    def href(self, contains: str) -> str:
        """Address of the first link whose address contains this."""
        for link in self.html.xpath("//a[@href]"):
            if contains in link.get("href"):
                return urljoin(self.url, str(link.get("href")))
        raise AssertionError(f"no link to {contains} on {self.url}: {self.text[:400]}")

    def form(self, contains: str = "", button: str = "") -> Any:
        """The first form whose action contains this, and that has such a button (words or name=value)."""
        for form in self.html.forms:
            buttons = form.xpath(".//button")
            fits = not button or any(button in b.text_content() or button == b.get("value") for b in buttons)
            if contains in (form.action or self.url) and fits and form.method == "POST":
                return form
        raise AssertionError(f"no form {contains!r} {button!r} on {self.url}: {self.text[:600]}")


class Browser:
    """One person's browser, with that person's cookies."""

    def __init__(self, address: str) -> None:
        self.address, self.cookies = address, CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, url: str, **headers: str) -> Page:
        return self._open(urllib.request.Request(urljoin(self.address, url), headers=headers))

    def ask(self, method: str, url: str) -> Page:
        """HEAD, OPTIONS and the like."""
        return self._open(urllib.request.Request(urljoin(self.address, url), method=method))

    def submit(self, page: Page, form: Any, button: str = "", **typed: "str | list[str] | File") -> Page:
        """Send a form of the page with what was typed over what it already held, pressing the named button."""
        known = {element.get("name") for element in form.xpath(".//*[@name]")}
        assert set(typed) <= known, f"{set(typed) - known} not in the form of {page.url}; it has {sorted(known)}"
        fields = [(name, value) for name, value in form.form_values() if name not in typed]
        for name, value in typed.items():
            fields += [(name, entry) for entry in (value if isinstance(value, list) else [value])]
        fields += _pressed(form, button)
        body, content_type = _encoded(fields, form.get("enctype") or "")
        headers = {"Content-Type": content_type, "Origin": self.address.rstrip("/"), "Referer": page.url}
        return self._open(urllib.request.Request(urljoin(page.url, form.action or page.url), body, headers))

    def post(self, url: str, body: bytes, content_type: str = "application/x-www-form-urlencoded") -> Page:
        """A body of one's own making."""
        return self._open(urllib.request.Request(urljoin(self.address, url), body, {"Content-Type": content_type}))

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Page(answer.url, answer.status, dict(answer.headers), answer.read())


def _pressed(form: Any, button: str) -> Iterable[tuple[str, str]]:
    buttons = list(form.xpath(".//button[not(@type) or @type='submit']"))
    chosen = next((b for b in buttons if button and (button in b.text_content() or button == b.get("value"))), None)
    if button:
        assert chosen is not None, f"no button {button!r}: {[b.text_content().strip() for b in buttons]}"
    chosen = chosen if chosen is not None else next(iter(buttons), None)
    return [(chosen.get("name"), chosen.get("value") or "")] if chosen is not None and chosen.get("name") else []


def _encoded(fields: list[tuple[str, Any]], enctype: str) -> tuple[bytes, str]:
    if enctype != "multipart/form-data":
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    boundary = uuid.uuid4().hex
    # A browser sends the fields in the order of the page, the file among them; stores want the file last.
    parts = sorted(fields, key=lambda field: isinstance(field[1], File))
    return b"".join(_part(boundary, *field) for field in parts) + f"--{boundary}--\r\n".encode(), (
        f"multipart/form-data; boundary={boundary}"
    )


def _part(boundary: str, name: str, value: Any) -> bytes:
    if isinstance(value, File):
        kind = mimetypes.guess_type(value.name)[0] or "application/octet-stream"
        head = f'Content-Disposition: form-data; name="{name}"; filename="{value.name}"\r\nContent-Type: {kind}'
        content = value.content
    else:
        head, content = f'Content-Disposition: form-data; name="{name}"', str(value).encode()
    return f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
