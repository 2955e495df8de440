"""The only wiring: takes the service's edition, chooses the engine, and hands everything its collaborators."""

import math
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from portal import documents, forms, papers, sop, web
from portal.clockwork import Clockwork
from portal.config import ROOT, SECURITY, Config
from portal.editions import read_calendar, read_json, read_papers, read_sop, read_toml
from portal.engines.local.files import FolderFiles
from portal.engines.local.mail import Mailbox, Smtp
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Mail
from portal.errors import SettingInvalid
from portal.intake import Intake
from portal.language import Language
from portal.links import Links
from portal.notices import Official
from portal.printing import Press
from portal.service import Portal
from portal.web.images import PageImages


@dataclass(frozen=True)
class House:
    """The portal with its engine, ready to serve."""

    portal: Portal
    intake: Intake
    clockwork: Clockwork
    extra: Mapping[str, Any]
    config: Config


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


def build(config: Config, clock: Callable[[], datetime] | None = None) -> House:
    """The portal on the embedded engine: SQLite, a folder, and SMTP or the rehearsal's mailbox."""
    edition = read_sop(config.service)
    calendar = read_calendar(edition, config.service)
    _make(config.data)
    time_machine = TimeMachine(config.data / "jam")
    clock = clock or (time_machine.now if config.rehearsal else lambda: datetime.now(UTC))
    links = Links(_keys(config.data / "kunci"))
    records = SqliteRecords(config.data / "portal.sqlite")
    records.keep_sop(edition.version, edition.snapshot())
    files = FolderFiles(config.data / "berkas", links, lambda: secrets.token_hex(8))
    mail = _mailbox(config, edition) if config.rehearsal else _smtp(config)
    portal = Portal(
        sop=edition,
        decisions=read_json(config.service.parent / "decision.schema.json")["$defs"],
        records=records,
        files=files,
        mail=mail,
        links=links,
        calendar=calendar,
        clock=clock,
        choice=secrets.choice,
        token=lambda: secrets.token_hex(16),
        make_form=forms.Form,
    )
    limits = documents.Limits()
    intake = Intake(portal, lambda content: documents.inspect(content, limits), limits.max_bytes)
    dates = web.read_messages()["dates"]
    language = Language(dates["months"], dates["days"], calendar.zone, calendar.label)
    letters = papers.Letters(ROOT / "functions" / "portal" / "letters", language)
    clockwork = Clockwork(portal, letters.render, config.address)
    extra: dict[str, Any] = {"receiver": files, "qr": papers.qr_svg, "calendar_entry": letters.visit}
    extra["page_images"] = PageImages(documents.page_image)
    if papers_to_print := read_papers(edition, config.service):
        extra["press"] = Press(papers_to_print, config.address)
    if config.rehearsal:
        extra |= {"mailbox": mail, "time_machine": time_machine, **_rehearse(config.service, portal)}
    return House(portal, intake, clockwork, extra, config)


def wsgi(house: House) -> Any:
    """The static site and the dynamic pages as one WSGI application."""
    from whitenoise import WhiteNoise

    app = web.create_app(
        house.portal,
        house.intake,
        house.clockwork,
        address=house.config.address,
        rehearsal=house.config.rehearsal,
        extra=house.extra,
    )
    site = house.config.site
    if site is None or not site.is_dir():
        return app
    built = WhiteNoise(app, root=str(site), index_file=True, add_headers_function=_site_headers)

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        # The built pages know no words for somebody who sends them a form; the application does.
        looking = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        return (built if looking else app)(environ, start_response)

    return serve


def _site_headers(headers: Any, path: str, url: str) -> None:
    headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    )
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"


def _make(folder: Path) -> None:
    """Raises SettingInvalid: there can be no such folder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingInvalid("setting_invalid", key="DATA", value=str(folder), expected=str(problem)) from problem


def _mailbox(config: Config, edition: sop.Sop) -> Mail:
    return Mailbox(config.data / "kotak-surat.sqlite", edition.data["office"]["email"])


def _smtp(config: Config) -> Mail:
    return Smtp(
        host=config.smtp_host,
        port=config.smtp_port,
        username=config.smtp_user,
        password=config.smtp_password,
        starttls=SECURITY[config.smtp_security],
        sender=config.sender,
        timeout=10,  # up to nine answers a message must stay within the clockwork's lease
    )


def _keys(path: Path) -> list[str]:
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


def _rehearse(service: Path, portal: Portal) -> dict[str, Any]:
    """Appoint the sample officials, each of them once, and offer the sample documents."""
    data = read_toml(service / "rehearsal.toml")
    known = {(official.role, official.email.lower()) for official in portal.records.officials()}
    for sample in (Official(**entry) for entry in data.get("officials", ())):
        if (sample.role, sample.email.lower()) not in known:
            portal.records.appoint(sample)
    return {"samples": data.get("samples", []), "specimen": data.get("specimen", {})}
