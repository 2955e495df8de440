"""One application on its way through the whole SOP, by everybody concerned, and what each of their acts costs.

People use the pages over HTTP as in the story of the tests. Every request, run of the mailer and run of a schedule is
one act of the meter; what a browser sends to the bucket or gets from it is counted too.
"""

import io
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any, Final

import cloud
import dynamodb_local
from tests.support.browser_without_javascript import Browser, Page
from tests.support.devices import make_known
from tests.support.people import Applicant, Mailbox, Official
from tests.support.server import Clock, free_port, listening, mailbox_of, rehearsal_of
from tests.support.stage import KABID, KADIS, STATISTISI, VERIFIKATOR, Stage
from tests.support.ways import SAYS

import compilation
import mailer
import reminder
from bench.meter import MAILER, MINUTE, NIGHT, REMINDER, Call, Meter, MeteredClients, route
from portal import bootstrap_aws
from portal.house import House

SHARED: Final = ("/_", "/aset/")
"""Not counted: the rehearsal's own pages, and files that CloudFront keeps."""


@dataclass(frozen=True)
class City:
    """The portal on AWS, everybody who uses it, and the meter that all of it goes through.

    Attributes:
        tables: address of whoever keeps the table.
    """

    aws: cloud.Cloud
    house: House
    meter: Meter
    clock: Clock
    tables: str

    def applicant(self, email: str) -> Applicant:
        samples = rehearsal_of(self.house).props["penerbitan"]
        address = self.house.config.address
        person = Applicant(address, self._mailbox(), samples, email=email)
        person.browser = CountedBrowser(address, self.meter)
        return person

    def official(self, email: str) -> Official:
        person = Official(self.house.config.address, self._mailbox(), email)
        person.browser = CountedBrowser(person.browser.address, self.meter)
        make_known(person.browser.cookies, self.house, email)
        return person

    def public(self) -> Browser:
        return CountedBrowser(self.house.config.address, self.meter)

    def cases(self) -> "Cases":
        return Cases(self.house, self.clock)

    def deliver(self) -> None:
        """What the stream tells the mailer of."""
        for batch in self.aws.batches():
            with self.meter.act(MAILER):
                mailer.handler({"Records": batch}, cloud.Context(), self.aws.houses["mailer"])

    def minute(self) -> None:
        with self.meter.act(MINUTE), redirect_stdout(io.StringIO()):  # what CloudWatch reads
            mailer.handler({}, cloud.Context(), self.aws.houses["mailer"])

    def hour(self) -> None:
        with self.meter.act(REMINDER):
            reminder.handler({}, cloud.Context(), self.aws.houses["reminder"])

    def night(self) -> None:
        with self.meter.act(NIGHT):
            compilation.handler({}, cloud.Context(), self.aws.houses["compilation"])

    def _mailbox(self) -> Mailbox:
        return _Box(mailbox_of(self.house).messages, self.deliver)


@contextmanager
def city(dynamodb: str = "", **environ: str) -> Iterator[City]:
    """A fresh one.

    Args:
        dynamodb: folder of DynamoDB Local, which then keeps the table and says what is consumed; moto if empty.
        environ: variables, such as ``SERVICES``.
    """
    clock, port = Clock(), free_port()
    with ExitStack() as open_things:
        tables = open_things.enter_context(dynamodb_local.running(dynamodb)) if dynamodb else ""
        meter = Meter(dynamodb_local.reported_for_transaction(tables) if tables else 0)

        def clients(function: str, settings: Mapping[str, Any]) -> MeteredClients:
            return MeteredClients(meter, tables, **settings)

        aws = open_things.enter_context(cloud.cloud(f"http://127.0.0.1:{port}", clients, tables))
        house = aws.furnish(clock, environ)
        open_things.enter_context(listening(metered(bootstrap_aws.wsgi(house), meter, kinds(house)), port))
        yield City(aws, house, meter, clock, tables or aws.endpoint)


def through_the_sop(city: City, email: str = "siti.contoh@tarakankota.go.id", apply_at: str = "/ajukan") -> str:
    """The SOP without a detour; everybody looks at what there is to look at. Returns the ticket."""
    siti = city.applicant(email)
    page = siti.upload_all(siti.fill_in(apply_at))
    siti.send(page)
    siti.confirm()
    public = city.public()
    public.get(f"/status/{siti.ticket}")
    for official in (KADIS, KABID, STATISTISI):
        decide(city, official, siti.ticket, "forward")
    public.get(f"/status/{siti.ticket}")
    for action in ("dispatch", "accept", "invite"):
        decide(city, VERIFIKATOR, siti.ticket, action)
    siti.pick()
    city.clock.forward(days=1)
    for action in ("attend", "record", "hand_over"):
        decide(city, VERIFIKATOR, siti.ticket, action)
    siti.browser.get(siti.open().href("/serah-terima"))
    public.get(f"/status/{siti.ticket}")
    city.deliver()
    return siti.ticket


def decide(city: City, email: str, ticket: str, action: str) -> None:
    """Opens the link, looks at every page of every document, and decides."""
    official = city.official(email)
    case = official.open(ticket)
    for address in dict.fromkeys(case.html.xpath("//main//img/@src")):
        official.browser.get(address)
    official.press(case, action, **said(action))


def said(action: str) -> dict[str, Any]:
    return {"checklist": "*"} if action == "dispatch" else {**SAYS.get(action, {})}


class Cases(Stage):
    """Cases brought somewhere through the core, without the pages."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock = house, clock
        self._take_up(house)
        self.records = house.office.records


class CountedBrowser(Browser):
    """Notes what goes straight between browser and bucket, for the act that is next to come."""

    def __init__(self, address: str, meter: Meter) -> None:
        super().__init__(address)
        self._meter = meter

    def _open(self, request: urllib.request.Request) -> Page:
        if request.full_url.startswith(self.address):
            return super()._open(request)
        with self._meter.act(f"browser, {request.get_method()} to the bucket"):
            self._meter.note(Call("s3", "PostObject" if request.get_method() == "POST" else "GetObject"))
            return super()._open(request)


class _Box(Mailbox):
    def __init__(self, messages: Callable[[], Sequence[Mapping[str, Any]]], deliver: Callable[[], object]) -> None:
        self._messages, self._deliver = messages, deliver

    def all(self) -> list[dict[str, Any]]:
        self._deliver()
        return [dict(mail) for mail in self._messages()]


def metered(app: Any, meter: Meter, kinds: Iterable[str]) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """A WSGI application of which every request is an act."""
    known = tuple(kinds)

    def answer(request: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = request["PATH_INFO"]
        if path.startswith(SHARED):
            return list(app(request, start_response))
        with meter.act(f"{request['REQUEST_METHOD']} {route(path, known)}") as act:
            body = b"".join(app(request, start_response))
            act.sent = len(body)
        return [body]

    return answer


def kinds(house: House) -> list[str]:
    return [requirement.key for requirement in house.office.services.first.requirements]
