"""The wiring on one machine: the embedded engine, and the built site before the pages."""

import logging
import math
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from portal import edge
from portal.config import SECURITY, Config
from portal.core.errors import SettingInvalid, Unavailable
from portal.core.outage import Outage
from portal.editions import read_language, read_messages, read_services, read_sop
from portal.engines.local.alarm import Alarm
from portal.engines.local.breakdown import Breakdown
from portal.engines.local.condition import AT_WORK, DATABASE, DOCUMENTS, MOVING, Closed, examine, has_records
from portal.engines.local.exchange import KEYS
from portal.engines.local.files import FolderFiles
from portal.engines.local.mail import Mailbox, Smtp
from portal.engines.local.records import SqliteRecords
from portal.engines.local.returns import ImapInbox, Marks
from portal.engines.local.room import Room
from portal.engines.local.scanner import Clamd
from portal.engines.moving import ARRIVING, REFUSALS, Marked
from portal.house import Engine, House, furnish, pages
from portal.links import Links

log = logging.getLogger(__name__)

MAILBOX: Final = "kotak-surat.sqlite"
CLOCK: Final = "jam"
"""Names in the data folder, of a rehearsal."""

NOT_SERVED: Final = ("store_damaged", "store_missing")
"""Codes of data that nothing is built upon: who comes is told so, until it is restored."""

ALARMED: Final[Mapping[str, str]] = {"relay": "gangguan-email", "inbox": "gangguan-email-kembali"}
"""What notes there of which outage somebody has been called."""


class TimeMachine:
    """The rehearsal's clock: real time plus an offset that survives a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def offset(self) -> timedelta:
        try:
            return timedelta(seconds=int(self._path.read_text("utf-8")))
        except (FileNotFoundError, ValueError):
            return timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def forward(self, span: timedelta) -> None:
        self._write(self.offset + span)

    def reset(self) -> None:
        self._write(timedelta())

    def _write(self, offset: timedelta) -> None:
        # Upwards, so that whoever goes to the opening of the office arrives after it; whole at any moment.
        unfinished = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        unfinished.write_text(str(math.ceil(offset.total_seconds())), "utf-8")
        unfinished.replace(self._path)


def on_aws(environ: Mapping[str, str]) -> bool:
    """Does the environment name the engine on AWS (ENGINE=aws)?"""
    return environ.get("ENGINE") == "aws"


def faults(environ: Mapping[str, str]) -> tuple[type[Exception], ...]:
    """What the engine's own libraries raise when it is out of reach, or set up otherwise than the environment says."""
    if not on_aws(environ):
        return ()
    from portal.engines.aws.faults import Fault

    return Fault


def open_house(
    environ: Mapping[str, str], clock: Callable[[], datetime] | None = None, *, begins: bool = False, **given: Any
) -> House:
    """The portal that the environment names, for whoever looks after it: on this machine, or on AWS.

    What a rehearsal keeps is looked after at the rehearsal's time.

    Args:
        begins: for what may be the first thing that is ever done in a data folder, in which nothing else may lie then.

    Raises:
        SettingInvalid: a variable is missing, or says something else than it may; or there is no portal in the data
            folder (``data_without_portal``), of which nothing good could be told.
    """
    if on_aws(environ):
        from portal.bootstrap_aws import AwsConfig, build_aws

        config = AwsConfig.from_environment(environ)
        config.must_be_complete()
        house = build_aws(config, clock)
        house.office.links.ready()  # whoever set a wrong name is told now, and not by the first link
        return house
    here = Config.from_environment(environ, **given)
    if not is_begun(here.data):
        if not (begins and is_free(here.data)):
            raise SettingInvalid("data_without_portal", key="DATA", value=str(here.data), expected=DATABASE)
        log.warning("a new portal begins in %s", here.data)
    rehearsed = (here.data / MAILBOX).exists()
    return build(here, clock or (TimeMachine(here.data / CLOCK).now if rehearsed else None))


def is_begun(data: Path) -> bool:
    """Raises SettingInvalid (``data_forbidden``): whoever asks may not look into it."""
    try:
        return (data / DATABASE).exists()
    except PermissionError as problem:
        raise SettingInvalid("data_forbidden", key="DATA", value=str(data)) from problem


def is_free(data: Path) -> bool:
    """What is not there yet, or empty, or holds but the keys of a portal that was killed before its first record."""
    free = re.compile(rf"\.?{KEYS}.*|{AT_WORK}|{MOVING}|lost\+found")
    return not data.is_dir() or all(free.fullmatch(entry.name) for entry in data.iterdir())


def build(config: Config, clock: Callable[[], datetime] | None = None, *, moving: bool = False) -> House:
    """The portal on the embedded engine: SQLite, a folder, and SMTP or the rehearsal's mailbox.

    Args:
        moving: for whoever fills it just now; to nobody else it says anything before it is full.

    Raises:
        Unavailable: ``store_arriving``; and whatever its parts raise.
    """
    services = read_services(config.schemas, config.services, read_sop)
    make(config.data)
    own(config)
    must_have_keys(config.data)
    time_machine = TimeMachine(config.data / CLOCK)
    clock = clock or (time_machine.now if config.rehearsal else lambda: datetime.now(UTC))
    links = Links(keys(config.data / KEYS))
    records = SqliteRecords(config.data / DATABASE, [edition.service for edition in services])
    if not moving and records.move_mark() == ARRIVING:
        records.close()
        raise Unavailable(REFUSALS[ARRIVING])
    room = Room(config.data, config.keep_free * 1024**2)

    def must_take_in() -> None:
        records.must_be_open()
        room.must_suffice()

    files = FolderFiles(config.data / DOCUMENTS, links, lambda: secrets.token_hex(8), must_have_room=must_take_in)
    marks = Marks(links, config.sender, config.return_path, records.sent_in)
    inbox = _inbox(config, marks)
    scanner = Clamd(config.clamd) if config.clamd else None
    engine = Engine(records, files, smtp(config), links, None, files, marks.mark, inbox=inbox)
    if config.rehearsal:
        mailbox = Mailbox(config.data / MAILBOX, services.office["email"], config.address)
        kept = Breakdown(records, config.data / f"{DATABASE}.down")
        store = Breakdown(files, config.data / "berkas.down")
        switches = {"surel": mailbox, "berkas": store, "tabel": kept}
        engine = Engine(kept, store, mailbox, links, None, store, None, mailbox, time_machine, switches)
    house = furnish(services, replace(engine, room=room, scanner=scanner), clock, config)
    for edition in services:
        house.equipment.press(edition.service)  # papers that do not fit are told of at the start
    return house


def build_to_serve(config: Config, clock: Callable[[], datetime] | None = None) -> House:
    """The portal, or where its data is damaged or gone one that says so on every page and takes nothing in.

    Raises:
        Unavailable: for other reasons (``store_newer``, ``store_foreign``, ``store_restoring``), which are nothing that
            a visitor could be told of.
    """
    try:
        examine(config.data)
        return build(config, clock)
    except Unavailable as problem:
        if problem.code not in NOT_SERVED:
            raise
        return _closed(config, problem.code)


def _closed(config: Config, code: str) -> House:
    nothing: Any = Closed(code)
    links = Links([secrets.token_urlsafe(48)])  # no link is read, and of the folder nothing is touched
    services = read_services(config.schemas, config.services, read_sop)
    engine = Engine(nothing, nothing, nothing, links, closed=code)
    return furnish(services, engine, lambda: datetime.now(UTC), replace(config, rehearsal=False))


def rests(house: House) -> bool:
    """Is there nothing to be done for the clockwork, as everything is just being taken elsewhere, or is it already?"""
    records = house.office.records
    try:
        return isinstance(records, Marked | Breakdown) and bool(records.move_mark())
    except Unavailable:
        return False  # each chore will say so itself


def alarm(house: House, of: str = "relay") -> Alarm | None:
    """Calls for somebody when the mail relay is out, or the mailbox (``inbox``), if the office has said how (ALERT)."""
    if not house.config.alert:
        return None
    words, moment = read_messages()["alert"][of], read_language(house.office.calendar).moment

    def line(outage: Outage) -> str:
        return str(words.format(address=house.config.address, since=moment(outage.since), held_up=outage.held_up))

    return Alarm(house.config.alert, house.config.data / ALARMED[of], line)


def wsgi(house: House) -> Any:
    """The static site, where there is one, and the dynamic pages as one WSGI application."""
    return with_site(pages(house), house.config.site, house.config.address)


def with_site(app: Any, site: Path | None, address: str = "") -> Any:
    """An application with the files of the built site before it, at this public address."""
    from whitenoise import WhiteNoise

    if site is None or not site.is_dir():
        return app
    add_headers = partial(_site_headers, edge.headers(address))
    built = WhiteNoise(app, root=str(site), index_file=True, allow_all_origins=False, add_headers_function=add_headers)

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        # The built pages know no words for somebody who sends them a form; the application does.
        looking = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        return (built if looking else app)(environ, start_response)

    return serve


def _site_headers(everywhere: Mapping[str, str], headers: Any, path: str, url: str) -> None:
    for name, value in {**everywhere, "Content-Security-Policy": edge.policy()}.items():
        headers[name] = value
    headers["Cache-Control"] = edge.cache_control(url)


def make(folder: Path) -> None:
    """The data folder. Raises SettingInvalid: there can be no such folder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingInvalid("setting_invalid", key="DATA", value=str(folder), expected=str(problem)) from problem


def own(config: Config) -> None:
    """Raises SettingInvalid: the folder is somebody else's, whose portal could not write again what is written here."""
    owner = config.data.stat().st_uid
    is_rehearsal = config.rehearsal or (config.data / MAILBOX).exists()
    if owner != os.geteuid() and not is_rehearsal:
        from portal.doctor.machine import user_name

        raise SettingInvalid("data_of_another", key="DATA", value=str(config.data), expected=user_name(owner))


def smtp(config: Config) -> Smtp:
    """The relay that the office has named."""
    return Smtp(
        host=config.smtp_host,
        port=config.smtp_port,
        username=config.smtp_user,
        password=config.smtp_password,
        starttls=SECURITY[config.smtp_security],
        sender=config.sender,
        timeout=10,  # up to eighteen waits for the relay must stay within the lease of an email (outbox)
        lingers=True,
    )


def _inbox(config: Config, marks: Marks) -> ImapInbox | None:
    """The mailbox that is read for emails that came back, if there is one (BOUNCES)."""
    noted, password = config.data / "email-kembali", config.bounces_password
    given = vars(config.bounces) if config.bounces else None
    return ImapInbox(**given, password=password, noted=noted, find=marks.find) if given else None


def must_have_keys(data: Path) -> None:
    """Raises SettingInvalid (``keys_lost``): there are records, and not what every link that was sent is signed with.

    The keys are made before the first record, so that they are never missing otherwise.
    """
    if not (data / KEYS).exists() and has_records(data):
        raise SettingInvalid("keys_lost", key="DATA", value=str(data / KEYS))


def keys(path: Path) -> list[str]:
    """Secret keys, one a line, newest last; made at the first start, readable by the owner only."""
    if not path.exists():
        # Under another name first: a crash must not leave a file without a key, with which nothing could be signed.
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):  # another process was faster, and its key is the one that counts
            os.link(unfinished, path)
        unfinished.unlink()
    keys = path.read_text("utf-8").split()
    if not keys:
        raise SettingInvalid("setting_missing", key=str(path), expected="[A-Za-z0-9_-]{64}")
    return keys
