"""Debian's Chromium in the hands of one person: nothing goes wrong unseen; pages are photographed, checked with axe.

Knows the portal's pages and never reaches behind them; whoever owns the server sends what it owes.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.support.places import ROOT

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ENGINE = "--js-flags=--single-threaded --min-semi-space-size=16 --max-semi-space-size=32 --no-lazy-feedback-allocation"
"""Helpers of the script engine would take the cores from the other tests; memory for new objects saves collecting; and
what axe does a thousand times is looked at from the first time on."""

BUILD = ROOT / "build"
PATIENCE = 15
"""Seconds for whatever is waited for; a busy machine may need them."""
PHONE: ViewportSize = {"width": 360, "height": 740}

AXE = Axe().axe_script
"""Put into a page once; ``Axe.run`` would bring it anew for every width and colour."""

SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 800}, {"width": 320, "height": 640})
"""The narrow one last: the page is then measured there."""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

ALL: Final = "all"
CONTRAST: Final = "contrast"
RULES: Mapping[str, Mapping[str, Any]] = {
    ALL: {"resultTypes": ["violations"], "preload": False, "selectors": False},
    CONTRAST: {
        "resultTypes": ["violations"],
        "preload": False,
        "selectors": False,
        "runOnly": {"type": "rule", "values": ["color-contrast"]},
    },
}

Way = tuple[ViewportSize, Literal["light", "dark"], str]
"""How wide, in which light, by which rules."""

FIRST_SIGHT: tuple[Way, ...] = tuple(
    (size, scheme, ALL if scheme == "light" else CONTRAST) for size in SIZES for scheme in SCHEMES
)
"""Dark differs from light in nothing but colour."""

AGAIN: tuple[Way, ...] = tuple((size, scheme, ALL) for size in SIZES for scheme in SCHEMES)

# Whatever is pressed is 48 px high and wide; only a link within a line of text is as high as the line.
TOO_SMALL = """() => [...document.querySelectorAll(
    "button, .button, .js .picker, summary, label.tick, select, textarea, .bar a, .foot a, .rehearsal a, .change a, "
    + ".notice li a, input:not([type=hidden], [type=checkbox], [type=radio], [type=file])")]
  .filter((each) => each.checkVisibility() && each.getClientRects().length)
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.height < 47.5 || box.width < 47.5)
  .map(([each, box]) => `${each.tagName} "${each.textContent.trim().slice(0, 30)}" ${box.width} x ${box.height}`)"""

# What scrolls within its own box may, but for tables that turn into cards; the parts of a drawing have none; anything
# else that is wider than its box, or than the page, is told.
TOO_WIDE = """() => {
  const page = document.scrollingElement;
  const scrolls = ".table-box:not(:has(.as-cards)), .thumbs, .viewer, .sr, .said, .skip, thead, input, textarea, svg *";
  return [page, ...document.querySelectorAll("main *")]
    .filter((each) => each.scrollWidth > each.clientWidth + 1 && !each.closest(scrolls))
    .filter((each) => each === page || getComputedStyle(each).display !== "inline")
    .map((each) => `${each.tagName} "${each.textContent.trim().slice(0, 30)}" ${each.scrollWidth} px wide`).slice(0, 5);
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips the test where there is no Chromium; with REQUIRE_BROWSER=1 fails it."""
    path = shutil.which("chromium")
    if path is None:
        missing = "There is no Chromium on this machine; with Debian: apt-get install chromium"
        if os.environ.get("REQUIRE_BROWSER", "0") not in ("", "0"):
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, ENGINE])
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """A browser window of one's own, with one's own cookies.

    Args:
        javascript: False for a browser that runs no script at all, in which axe cannot run either.
        script_arrives: False for the same pages in a browser that could run the portal's script but did not get it.
        deliver: makes the portal send the emails it owes.
        album: folder of this person's pictures in ``build/screenshots``; old ones are thrown away.

    Attributes:
        complaints: everything that went wrong on the way: errors on the console (which is where a broken policy is
            told), scripts that failed, requests that failed or were refused, requests to anybody else.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        size: ViewportSize = PHONE,
        phone: bool = True,
        javascript: bool = True,
        script_arrives: bool = True,
        deliver: Callable[[], object] = lambda: None,
        album: str = "",
    ) -> None:
        self.address, self.complaints, self._deliver = address, list[str](), deliver
        self._album, self._pictures = BUILD / "screenshots" / album, count(1)
        for old in self._album.glob("*.png") if album else ():
            old.unlink()
        self._expected, self._on_its_way = set[int](), set[Request]()
        self.context = browser.new_context(
            base_url=address,
            viewport=size,
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=javascript,
            locale="id-ID",
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("requestfinished", self._finished)
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._response)
        if not script_arrives:
            self.context.route("**/portal.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
        self.page = self.context.new_page()

    # --- what a person does -------------------------------------------------------------------------------------

    def keep(self, name: str, value: str, path: str) -> None:
        """A cookie, as if the portal had set it."""
        self.context.add_cookies(
            [{"name": name, "value": value, "domain": urlsplit(self.address).hostname or "", "path": path}]
        )

    def go(self, path: str, status: int = 200) -> Page:
        """Open an address of the portal."""
        with self.expecting(*[status] if status >= 400 else []):
            answer = self.page.goto(path)
            assert answer is not None
            assert answer.status == status, f"{path}: {answer.status}\n{self.words()[:500]}"
        return self.page

    def open_mail(self, to: str, page: str, subject: str = "") -> Page:
        """Look into the mailbox and follow the newest link to such a page that this person was sent."""
        self._deliver()
        self.go("/_mailbox")
        mails = self.page.locator("article.mail").filter(has_text=f"Kepada {to}").filter(has_text=subject)
        mails.locator(f"a.mail-link[href*='/{page}/']").first.click()
        return self.page

    def press(self, words: str, within: Locator | None = None) -> None:
        """Press the button, or follow the link that looks like one."""
        place = within or self.page.locator("main")
        either = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        either.locator("visible=true").first.click()

    def fill(self, answers: Mapping[str, str], form: Locator | None = None, keys: bool = False) -> None:
        """Answer questions that can be seen, by name, in the page's last form; ``keys``: letter by letter."""
        form = form or self.page.locator("main form").last
        for name, answer in answers.items():
            field = form.locator(f"[name='{name}']:visible")
            kind = field.first.get_attribute("type") or field.first.evaluate("field => field.localName")
            if kind in ("radio", "checkbox"):
                form.locator(f"[name='{name}'][value='{answer}']").check()
            elif kind == "select":
                field.select_option(answer)
            elif keys:
                field.clear()
                field.press_sequentially(answer)
            else:
                field.fill(answer)

    def begin(self, whom: str = "Untuk diri sendiri") -> None:
        """The first page of an application."""
        self.go("/ajukan")
        with self.page.expect_navigation():
            self.press(whom)

    def fill_in(self, answers: Mapping[str, str], keys: bool = False, until: str = "") -> None:
        """Page by page from the open one on, until no part of the form is left, or at the part of that name."""
        while "/data/" in self.page.url and not (until and self.page.url.endswith(f"/data/{until}")):
            self.fill_part(answers, keys)
            with self.page.expect_navigation():
                self.press("Lanjut")

    def fill_part(self, answers: Mapping[str, str], keys: bool = False) -> None:
        """Of these answers, those that the open page asks for."""
        form = self.page.locator("main form").last
        for name, answer in answers.items():
            if form.locator(f"[name='{name}']:visible").count():
                self.fill({name: answer}, form, keys)

    def card(self, kind: str) -> Locator:
        """The card of one document to be brought."""
        return self.page.locator(f"#berkas-{kind}")

    def choose(self, kind: str, file: FilePayload | Path) -> None:
        """Bring a document through the file picker that its button opens."""
        with self.page.expect_file_chooser() as picker:
            self.card(kind).locator(".picker").first.click()
        picker.value.set_files(file)

    def open_choice(self, action: str) -> Locator:
        """Tap a decision open, unless it is."""
        choice = self.page.locator(f"#tindakan-{action}")
        if choice.get_attribute("open") is None:
            choice.locator("summary").first.click()
        return choice

    def decide(self, action: str, button: str, ticks: Mapping[str, str] | None = None, **typed: str) -> None:
        """Choose an action and send it; ``ticks``: name to value, ``"*"`` every box of that name."""
        choice = self.open_choice(action)
        for name, value in (ticks or {}).items():
            boxes = choice.locator(f"[name='{name}']" if value == "*" else f"[name='{name}'][value='{value}']")
            for box in boxes.all():
                box.check()
        self.fill(typed, choice)
        self.has_all()
        self.press(button, choice)

    def has_all(self) -> None:
        """Wait until nothing that was asked for is on its way, as before a decision or a jump to another day.

        A picture of the case that is asked for before and answered after would be refused.
        """
        self.page.wait_for_load_state()
        until = time.monotonic() + PATIENCE
        while self._on_its_way and time.monotonic() < until:
            self.page.wait_for_timeout(20)

    def words(self) -> str:
        """What the page says, white space collapsed."""
        return " ".join(self.page.locator("body").inner_text().split())

    def sees(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.locator("main")).to_contain_text(sentence)

    def shoot(self, name: str) -> None:
        """A picture of the whole page: ``<number>-<name>-<width>.png`` in the album."""
        size = self.page.viewport_size
        assert size is not None
        self.page.wait_for_load_state()
        picture = f"{next(self._pictures):02}-{name}-{size['width']}.png"
        self.page.screenshot(path=self._album / picture, full_page=True)

    def print(self, name: str) -> Path:
        """The page on paper, ``build/papers/<name>.pdf``."""
        path = BUILD / "papers" / f"{name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.pdf(path=path, prefer_css_page_size=True)
        return path

    # --- what must not be ---------------------------------------------------------------------------------------

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Refusals that belong to what is tried here, and must come."""
        self._expected = set(statuses)
        yield
        until = time.monotonic() + PATIENCE
        while self._expected and time.monotonic() < until:
            self.page.wait_for_timeout(20)
        assert not self._expected, f"nothing was answered with {self._expected}: {self.words()[:500]}"

    def barriers(self, ways: Iterable["Way"]) -> list[str]:
        """What keeps anybody from using this page, in those ways; and at 320 px what is too wide or too small."""
        self.page.wait_for_load_state()
        self.page.evaluate(AXE)
        found = list[str]()
        for size, scheme, rules in ways:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme)
            found += [f"{size['width']} {scheme} {violation}" for violation in self._violations(rules)]
        self.page.set_viewport_size(SIZES[-1])
        return [*found, *self.page.evaluate(TOO_WIDE), *self.page.evaluate(TOO_SMALL)]

    def barriers_here(self) -> list[str]:
        """The same for the present size and colours alone, by every rule."""
        self.page.evaluate(AXE)
        return [*self._violations(), *self.page.evaluate(TOO_WIDE), *self.page.evaluate(TOO_SMALL)]

    def _violations(self, rules: str = ALL) -> list[str]:
        answer: dict[str, Any] = self.page.evaluate("(options) => axe.run(options)", RULES[rules])
        return [f"{rule['id']}: {[node['html'][:150] for node in rule['nodes']]}" for rule in answer["violations"]]

    def _console(self, message: ConsoleMessage) -> None:
        # Refused requests are told apart by `_response`.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        self._on_its_way.add(request)
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.complaints.append(f"somebody else was asked: {request.url}")

    def _finished(self, request: Request) -> None:
        self._on_its_way.discard(request)

    def _failed(self, request: Request) -> None:
        self._on_its_way.discard(request)
        # Aborted: the person went on while pictures of the page before were on their way.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.method} {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status in self._expected:
            self._expected.remove(response.status)
        elif response.status >= 400:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")


def assert_no_barriers(pages: Iterator[tuple[str, Person]], rendered: Sequence[str]) -> set[str]:
    """Walk through the pages and look at each as it stands; returns the templates seen in every way.

    A template is looked at in every way when it is first met. Its further states are looked at by every rule too, each
    in the next of the four ways: what may differ there is what they show, and not how the template is laid out.

    Args:
        rendered: names of the templates rendered so far, as it grows.
    """
    found, seen, ways = dict[str, list[str]](), set[str](), cycle(AGAIN)
    for name, person in pages:
        template = next(each for each in reversed(rendered) if "/_" not in each)
        if barriers := person.barriers([next(ways)] if template in seen else FIRST_SIGHT):
            found[name] = barriers
        seen.add(template)
    assert found == {}
    return seen
