"""The story that is interrupted: a return, a refusal, a no-show, a deputy, a handing over, and the nights between."""

import re
import shutil
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

from werkzeug.test import Client

from portal import bootstrap, house
from portal.config import Config
from portal.core.officials import Official
from portal.house import House
from portal.usecases.stocktaking import Stocktaking
from portal.web.official.devices import COOKIE, PATHS
from tests.support import people
from tests.support.browser_without_javascript import Page
from tests.support.devices import known_to
from tests.support.interrupted import Fuse, Left, Step
from tests.support.server import mailbox_of, rehearsal_of
from tests.support.stage import KADIS, STATISTISI, VERIFIKATOR, InProcess, StillClock

if TYPE_CHECKING:
    from cloud import Cloud

ADDRESS = "http://localhost"
DEPUTY = Official("penerbitan", "kabid", "Joko Contoh", "joko@tarakankota.go.id", capacity="Plt.", decree="800/7/2026")
LONG = timedelta(days=40)
"""After so long whatever nothing names is cleared away."""


class Letters(people.Mailbox):
    """The mailbox as it is, whoever sends what is owed."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def all(self) -> list[dict[str, Any]]:
        return [dict(message) for message in mailbox_of(self._world.house).messages()]


class World:
    """``interrupted.World``: a portal asked for pages in this process, and everybody who uses it.

    Engines say how it is furnished, what a copy has to have of its own, and which keys its files have.
    """

    def __init__(self) -> None:
        self.clock, self.people = StillClock(), list[Any]()
        self.letters = Letters(self)
        self.start(Fuse())

    def furnish(self, fuse: Fuse) -> tuple[House, Any]:
        """The portal on what is kept, with its pages; each call of its ports goes through the fuse."""
        raise NotImplementedError

    def part(self) -> None:
        """In a copy of the process: from now on nothing here reaches what the original keeps."""
        raise NotImplementedError

    def stored(self) -> set[str]:
        """Keys of all files."""
        raise NotImplementedError

    def start(self, fuse: Fuse) -> None:
        self.house, self.app = self.furnish(fuse)
        self.records: Any = self.house.office.records
        for person in self.people:
            cookies = person.browser.client._cookies
            person.browser = self.browser()
            person.browser.client._cookies = cookies
        fuse.light()

    def copied(self, fuse: Fuse) -> None:
        self.part()
        self.start(fuse)

    def deliver(self) -> None:
        while self.house.outbox.send_due():
            pass

    def wait(self, span: timedelta) -> None:
        self.clock.at += span

    def chores(self) -> None:
        for chore in self.house.clockwork.chores():
            chore()

    def left(self) -> Left:
        stocktaking = Stocktaking(self.house.office, self.house.erasing)
        cases = [self.records.load(number) for number in stocktaking.tickets()]
        tally = stocktaking.of_all(stocktaking.tickets())
        mail = Counter(f"{sent['to']}: {re.sub(people.TICKET, '#', sent['subject'])}" for sent in self.letters.all())
        events = [[event.action for event in case.events] for case in cases]
        claims = list(self.records.taken("visit"))
        self.wait(LONG)
        self.house.clockwork.expire()
        return Left(events, mail, claims, [each.what for each in tally.amiss], sorted(self._unnamed()))

    def _unnamed(self) -> set[str]:
        """Files of no draft and no case, which nothing will ever clear away with them."""
        numbers = Stocktaking(self.house.office, self.house.erasing).tickets()
        drafts = self.records.drafts_before(self.clock.at + LONG)
        folders = (*(f"applications/{number}/" for number in numbers), *(draft.folder for draft in drafts))
        return {key for key in self.stored() if not key.startswith(folders)}

    # --- its people ----------------------------------------------------------------------------------------------

    def browser(self) -> InProcess:
        return InProcess(Client(self.app))

    def comes(self, person: Any) -> Any:
        person.browser = self.browser()
        for path in PATHS:
            person.browser.client.set_cookie(COOKIE, known_to(self.house), path=path)
        self.people.append(person)
        return person

    def applicant(self) -> people.Applicant:
        samples = rehearsal_of(self.house).props["penerbitan"]
        found: people.Applicant = self.comes(people.Applicant(ADDRESS, self.letters, samples))
        return found

    def official(self, email: str) -> people.Official:
        found: people.Official = self.comes(people.Official(ADDRESS, self.letters, email))
        return found


class OneMachine(World):
    def __init__(self, data: Path) -> None:
        self.data = data
        super().__init__()

    def furnish(self, fuse: Fuse) -> tuple[House, Any]:
        given = {"data": self.data, "address": ADDRESS, "rehearsal": True}
        with mock.patch.object(bootstrap, "furnish", _fused(fuse)):
            built = bootstrap.build(Config.from_environment({"SITE": str(self.data / "none")}, **given), self.clock)
        return built, bootstrap.wsgi(built)

    def part(self) -> None:
        copy = Path(tempfile.mkdtemp(dir=self.data.parent))
        shutil.copytree(self.data, copy, dirs_exist_ok=True)
        self.data = copy

    def stored(self) -> set[str]:
        root = self.data / "berkas"
        return {str(path.relative_to(root)).partition("@")[0] for path in root.rglob("*") if path.is_file()}


class OnAws(World):
    """On the template's resources in moto, which lie in this process and go into every copy of it."""

    def __init__(self, aws: "Cloud") -> None:
        from portal.bootstrap_aws import PATIENCE
        from tests.support.aws_wire import without_network

        self.aws = aws
        for service in PATIENCE:
            without_network(aws.clients.made(service), aws.server.app)
        super().__init__()

    def furnish(self, fuse: Fuse) -> tuple[House, Any]:
        from portal import bootstrap_aws

        with mock.patch.object(bootstrap_aws, "furnish", _fused(fuse)):
            built = self.aws.everything(self.clock, bootstrap_aws.build_aws)
        return built, bootstrap_aws.wsgi(built)

    def part(self) -> None:
        """Whatever the copy has is its own."""

    def stored(self) -> set[str]:
        return set(self.aws.stored(""))

    def browser(self) -> InProcess:
        return BesideStore(Client(self.app), Client(self.aws.server.app))


class BesideStore(InProcess):
    """A browser that brings files to the store itself, and is sent back to the portal from there."""

    def __init__(self, client: Client, store: Client) -> None:
        super().__init__(client)
        self.store = store

    def _open(self, request: urllib.request.Request) -> Page:
        if request.full_url.startswith(f"{ADDRESS}/"):
            return super()._open(request)
        answer = self.store.post(request.full_url, data=request.data, headers=request.headers)
        return self.get(answer.headers["Location"])


def _fused(fuse: Fuse) -> Callable[..., House]:
    furnish = house.furnish
    return lambda services, engine, *more: furnish(services, fuse.before(engine), *more)


class Story:
    """The steps; each shows, when it is done again, whether there is still something to do."""

    def __init__(self, world: World) -> None:
        self.world, self.siti = world, world.applicant()
        self.officials = {email: world.official(email) for email in (KADIS, DEPUTY.email, STATISTISI, VERIFIKATOR)}
        self.papers, self.page = "", cast(Page | None, None)

    def steps(self, only: Container[str] = ()) -> Sequence[Step]:
        """All of them; or those up to the last of ``only``, which alone are interrupted."""
        steps = list(self._steps())
        if not only:
            return steps
        last = max(number for number, step in enumerate(steps) if step.name in only)
        return [replace(step, interrupted=step.name in only) for step in steps[: last + 1]]

    def _steps(self) -> Iterator[Step]:
        decides, world = self._decides, self.world
        yield Step("fills in", self.fill_in)
        yield Step("uploads a document", partial(self.upload, "surat_permohonan"))
        yield Step("uploads it in place of the first", partial(self.upload, "surat_permohonan", again=True))
        yield Step("uploads the others", self.upload_others, interrupted=False)
        yield from self._and_mail("sends", self.send)
        yield from self._and_mail("confirms", self.confirm)
        yield from self._and_mail("kadis forwards", decides(KADIS, "forward", instructions=["proses"]))
        yield from self._and_mail("a deputy is appointed", self.appoint_deputy)
        returns = {"items": ["ktp", "jabatan"], "reason": "ktp_tidak_terbaca", "note": "Foto terpotong."}
        yield from self._and_mail("deputy returns", decides(DEPUTY.email, "return", **returns))
        yield Step("opens the mending", self.open_mending)
        yield Step("uploads what was returned", self.mend_documents)
        yield from self._and_mail("sends what was mended", self.send_mended)
        yield from self._and_mail("deputy forwards", decides(DEPUTY.email, "forward", instructions=["proses"]))
        yield from self._and_mail("statistisi forwards", decides(STATISTISI, "forward", instructions=["koordinasi"]))
        yield from self._and_mail("verifikator sends to BSrE", decides(VERIFIKATOR, "dispatch", checklist="*"))
        refuses = {"reason": "kyc_gagal", "note": "Ulangi verifikasi wajah."}
        yield from self._and_mail("BSrE refuses", decides(VERIFIKATOR, "refuse", **refuses))
        yield from self._and_mail("verifikator sends again", decides(VERIFIKATOR, "dispatch", checklist="*"))
        yield from self._and_mail("BSrE accepts", decides(VERIFIKATOR, "accept"))
        yield from self._and_mail("verifikator invites", decides(VERIFIKATOR, "invite"))
        yield from self._and_mail("picks a time", self.pick)
        yield Step("next day", lambda: world.wait(timedelta(days=1)), interrupted=False)
        yield from self._and_mail("chores of a night", world.chores)
        yield from self._and_mail("does not come", decides(VERIFIKATOR, "miss"))
        yield from self._and_mail("picks another time", self.pick)
        yield Step("two days on", lambda: world.wait(timedelta(days=2)), interrupted=False)
        yield from self._and_mail("comes", decides(VERIFIKATOR, "attend"))
        certificate = {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"}
        yield from self._and_mail("certificate is recorded", decides(VERIFIKATOR, "record", **certificate))
        yield from self._and_mail("is handed over", decides(VERIFIKATOR, "hand_over", received_by="Siti Contoh"))
        yield Step("a month on", lambda: world.wait(timedelta(days=31)), interrupted=False)
        yield from self._and_mail("chores of a month", world.chores)

    def _and_mail(self, name: str, act: Callable[[], Any]) -> Iterator[Step]:
        yield Step(name, act)
        yield Step(f"{name}: emails", self.world.deliver)

    # --- the applicant -------------------------------------------------------------------------------------------

    def fill_in(self) -> None:
        """Page by page; whoever is interrupted presses the button of the last page again."""
        page = self.page or self.siti.browser.get("/ajukan")
        assert page.status == 200, page.text
        while (form := people.asking(page)) is not None:
            self.page = page
            page = self.siti.answer(page, form, "sendiri", self.siti.answers)
            assert page.status == 200, page.text
        assert page.url.endswith("/berkas"), page.text
        self.papers = page.url

    def upload(self, kind: str, *, again: bool = False) -> None:
        page = self.siti.browser.get(self.papers)
        assert page.status == 200, page.text
        if again == self._is_there(page, kind):
            self.siti.upload(page, kind)

    def _is_there(self, page: Page, kind: str) -> bool:
        return kind not in people._kinds(page)

    def upload_others(self) -> None:
        self.siti.upload_all(self.siti.browser.get(self.papers))

    def send(self) -> None:
        page = self.siti.browser.get(self.papers)
        assert page.status == 200, page.text
        if page.url.endswith("/terkirim"):
            self.siti.ticket = page.html.get_element_by_id("nomor-tiket").text_content().strip()
        else:
            self.siti.send(page)

    def confirm(self) -> None:
        page = self.siti.browser.get(self.siti.mailbox.link(self.siti.email, "konfirmasi", self.siti.ticket))
        assert page.status == 200, page.text
        form = self._form(page, f"/konfirmasi/{self.siti.ticket}")
        if form is not None:
            said = self.siti.browser.submit(page, form)
            assert said.status == 200, said.text

    def open_mending(self) -> None:
        page = self.siti.browser.get(self.siti.open().href("/perbaikan"))
        assert page.status == 200, page.text

    def mend_documents(self) -> None:
        page = self.siti.browser.get(self.siti.open().href("/perbaikan"))
        self.siti.upload_all(page)

    def send_mended(self) -> None:
        page = self.siti.open()
        assert page.status == 200, page.text
        if "/perbaikan" in page.body.decode():
            said = self.siti.mend(jabatan="Analis Kebijakan Ahli Muda")
            assert said.status == 200, said.text

    def pick(self) -> None:
        page = self.siti.open()
        assert page.status == 200, page.text
        if not self._is_booked():
            said = self.siti.pick()
            assert said.status == 200, said.text

    def _is_booked(self) -> bool:
        return bool(self.world.records.load(self.siti.ticket).slot)

    def _form(self, page: Page, contains: str) -> Any:
        with suppress(AssertionError):
            return page.form(contains)
        return None

    # --- the office ----------------------------------------------------------------------------------------------

    def appoint_deputy(self) -> None:
        self.world.house.appointing.appoint(DEPUTY)

    def _decides(self, email: str, action: str, **typed: Any) -> Callable[[], None]:
        def decide() -> None:
            official = self.officials[email]
            page = official.browser.get(self.world.letters.link(email, "telaah"))
            assert page.status == 200, page.text
            if page.html.xpath(f"//input[@name='tindakan' and @value='{action}']"):
                said = official.press(page, action, **typed)
                assert said.status == 200, said.text

        return decide
