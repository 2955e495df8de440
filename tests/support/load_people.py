"""The people of ``make load``: they apply, decide and look things up at the same time, and what each deed took."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from portal.core.application import Application
from portal.house import House
from tests.support.browser_without_javascript import Browser, File, Page
from tests.support.devices import make_known
from tests.support.people import Applicant, Mailbox, Official
from tests.support.server import rehearsal_of

PATIENT: Final = 60.0
"""Seconds after which he gives up."""

CLOSING: Final = 60.0
"""Seconds after the time in which people begin, after which whoever is not done goes home, so that it ends."""


class GoneHome(Exception):
    """It took too long."""


class Figures:
    """What people did, and the seconds that each deed took; and what went wrong."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    @contextmanager
    def deed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        except Exception as problem:
            self.note(f"{name}: {type(problem).__name__}")
            raise
        with self._lock:
            self.took[name].append(time.perf_counter() - began)

    def note(self, what: str) -> None:
        with self._lock:
            self.wrong[what] += 1

    def rows(self) -> list[list[str]]:
        return [
            [name, str(len(took)), *(ms(share(took, part)) for part in (0.5, 0.99))]
            for name, took in sorted(self.took.items())
        ]


class Sender(Applicant):
    """Applies, with time to think between pages, and presses again while a file waits for its turn."""

    def __init__(self, crowd: "Crowd", number: int) -> None:
        super().__init__(crowd.address, crowd.mailbox, crowd.samples, email=f"orang{number}@tarakankota.go.id")
        self.crowd, self.chance = crowd, random.Random(number)

    def apply_with_pauses(self) -> None:
        figures = self.crowd.figures
        with figures.deed("form filled in, all its pages"):
            page = self.fill_in()
        for kind in self.crowd.kinds:
            self.think()
            page = self.upload(page, kind)
        self.think()
        check = self.browser.get(page.href("/periksa"))
        with figures.deed("sent"):
            sent = self.browser.submit(check, check.form("/periksa"), "Kirim", pernyataan="ya")
        self.ticket = sent.html.get_element_by_id("nomor-tiket").text_content().strip()
        self.crowd.sent.append(self.ticket)

    def upload(self, page: Page, kind: str, sample_name: str = "", card: str = "") -> Page:
        figures = self.crowd.figures
        with figures.deed("document uploaded and checked"):
            form = next(form for form in page.html.forms if form.xpath(f".//input[@id='berkas-{kind}-file']"))
            arrived = self.browser.submit(page, form, file=File(*self.file(kind)))
            until = time.monotonic() + PATIENT
            while (found := self.browser.submit(arrived, arrived.form(f"/{kind}"), "Periksa")).status == 503:
                figures.note("a file waited for its turn")
                if time.monotonic() > min(until, self.crowd.until + CLOSING):
                    figures.note("REFUSED: a file was never looked at")
                    break
                time.sleep(float(found.headers["Retry-After"]))  # as the page says
        return found

    def think(self) -> None:
        if time.monotonic() > self.crowd.until + CLOSING:
            raise GoneHome
        time.sleep(self.chance.expovariate(1 / self.crowd.think) if self.crowd.think else 0)


class Crowd:
    """People who apply, officials who decide meanwhile, and whoever looks a ticket up.

    Args:
        think: seconds between two deeds of somebody, on average.
    """

    def __init__(self, house: House, address: str, people: int, seconds: float, think: float) -> None:
        self.house, self.address, self.think, self.people = house, address, think, people
        self.samples = rehearsal_of(house).props["penerbitan"]
        self.kinds = [each.key for each in house.office.services.first.requirements]
        self.mailbox = Mailbox(address)
        self.figures, self.sent, self.over = Figures(), list[str](), threading.Event()
        self.until = time.monotonic() + seconds

    def go(self) -> float:
        """Returns seconds that it took."""
        began = time.perf_counter()
        with ThreadPoolExecutor(self.people + 3) as pool:
            applying = [pool.submit(self._applies, number) for number in range(self.people)]
            others = [pool.submit(each) for each in (self._decides, self._looks, self._monitors)]
            for each in applying:
                each.result()
            self.over.set()
            for each in others:
                each.result()
        return time.perf_counter() - began

    def _applies(self, number: int) -> None:
        time.sleep(random.Random(number).random() * self.think)
        while time.monotonic() < self.until:
            try:
                Sender(self, number).apply_with_pauses()
            except Exception as problem:  # it is counted, and somebody else comes
                self.figures.note(f"gave up: {type(problem).__name__}")

    def _decides(self) -> None:
        """The head of the office, case by case; what is sent is confirmed on the way."""
        office, done = self.house.office, 0
        head = next(o for o in office.records.officials() if o.role == "kadis").email.lower()
        while not self.over.is_set():
            if done >= len(self.sent):
                time.sleep(0.1)
                continue
            case = self.house.cases.confirm(self.sent[done])
            done += 1
            try:
                self._decide(case, head)
            except Exception as problem:
                self.figures.note(f"decision: {type(problem).__name__}")

    def _decide(self, case: Application, head: str) -> None:
        office = self.house.office
        link = office.links.sign("telaah", self.house.cases.case_claims(case, head), office.clock() + timedelta(days=1))
        official = Official(self.address, self.mailbox, head)
        make_known(official.browser.cookies, self.house, head)
        with self.figures.deed("official: case opened"):
            page = official.browser.get(f"/telaah/{link}")
        shown = [each.get("src") for each in page.html.xpath("//img[contains(@src, '/berkas/')]")][:2]
        for address in shown:
            with self.figures.deed("official: picture of a page"):
                if official.browser.get(address).status != 200:
                    self.figures.note("REFUSED: an official's picture")
        with self.figures.deed("official: decision"):
            official.press(page, "forward", instructions=["proses"], note="Mohon diproses.")

    def _looks(self) -> None:
        browser = Browser(self.address)
        while not self.over.is_set():
            if self.sent:
                with suppress(OSError), self.figures.deed("status page"):
                    browser.get(f"/status/{random.Random(len(self.sent)).choice(self.sent)}")
            time.sleep(0.2)

    def _monitors(self) -> None:
        browser = Browser(self.address)
        while not self.over.is_set():
            with suppress(OSError), self.figures.deed("/sehat"):
                browser.get("/sehat")
            time.sleep(0.5)


def share(took: Sequence[float], part: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * part))]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"
