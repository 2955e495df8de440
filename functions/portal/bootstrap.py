"""The only wiring: reads the environment and the files, chooses the engine, and hands everything its collaborators."""

import json
import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from portal import documents, forms, papers, sop, web, worktime
from portal.clockwork import Clockwork
from portal.engines.local.files import FolderFiles
from portal.engines.local.mail import Mailbox, Smtp
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Mail
from portal.errors import SopInvalid
from portal.intake import Intake
from portal.language import Language
from portal.links import Links
from portal.notices import Official
from portal.service import Portal

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Config:
    """Settings; ``from_environment`` names each variable.

    Attributes:
        service: folder of the service's ``sop.toml``; the shared schemas lie beside it.
        data: folder of everything that must survive: database, files, keys.
        address: public address, without a slash at the end.
        site: the built static site, or None to serve the dynamic pages only.
        rehearsal: sample officials, mailbox, time machine; never for real cases.
    """

    service: Path
    data: Path
    address: str
    site: Path | None
    rehearsal: bool
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_security: str
    sender: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **given: Any) -> "Config":
        """Settings from variables; ``given`` ones (of the command line) go before.

        SERVICE, DATA, ADDRESS, SITE, REHEARSAL, SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD_FILE, SMTP_SECURITY
        (starttls, ssl or none), SENDER.
        """
        password = environ.get("SMTP_PASSWORD_FILE")
        settings = {
            "service": Path(environ.get("SERVICE", ROOT / "schemas" / "penerbitan")),
            "data": Path(environ.get("DATA", "data")),
            "address": environ.get("ADDRESS", "http://localhost:8000").rstrip("/"),
            "site": Path(environ.get("SITE", ROOT / "build" / "site")),
            "rehearsal": environ.get("REHEARSAL", "") not in ("", "0"),
            "smtp_host": environ.get("SMTP_HOST", "localhost"),
            "smtp_port": int(environ.get("SMTP_PORT", "25")),
            "smtp_user": environ.get("SMTP_USER", ""),
            "smtp_password": Path(password).read_text("utf-8").strip() if password else "",
            "smtp_security": environ.get("SMTP_SECURITY", "starttls"),
            "sender": environ.get("SENDER", ""),
        }
        return cls(**{**settings, **{key: value for key, value in given.items() if value is not None}})


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
        self._path.write_text(str(int(offset.total_seconds())), "utf-8")


def read_sop(folder: Path) -> sop.Sop:
    """A service's SOP, checked against ``sop.schema.json`` and its cross-references.

    Raises:
        SopInvalid: names the file, the key, and what is expected there.
    """
    path = folder / "sop.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SopInvalid("sop_unreadable", file=str(path), key="", expected=str(problem)) from problem
    forms.validate(_read_json(folder.parent / "sop.schema.json"), data, str(path))
    return sop.parse(data, _read_json(folder / "application.schema.json"))


def build(config: Config, clock: Callable[[], datetime] | None = None) -> House:
    """The portal on the embedded engine: SQLite, a folder, and SMTP or the rehearsal's mailbox."""
    config.data.mkdir(parents=True, exist_ok=True)
    edition = read_sop(config.service)
    time_machine = TimeMachine(config.data / "jam")
    clock = clock or (time_machine.now if config.rehearsal else lambda: datetime.now(UTC))
    links = Links(_keys(config.data / "kunci"))
    calendar = worktime.calendar(edition.data["calendar"], _read_toml(config.service.parent / "holidays.toml"))
    records = SqliteRecords(config.data / "portal.sqlite")
    records.keep_sop(edition.version, edition.snapshot())
    files = FolderFiles(config.data / "berkas", links, lambda: secrets.token_hex(8))
    mailbox = Mailbox(config.data / "kotak-surat.sqlite", edition.data["office"]["email"])
    portal = Portal(
        sop=edition,
        decisions=_read_json(config.service.parent / "decision.schema.json")["$defs"],
        records=records,
        files=files,
        mail=mailbox if config.rehearsal else _smtp(config),
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
    extra: dict[str, Any] = {"receiver": files, "page_image": documents.page_image, "qr": papers.qr_svg}
    extra["calendar_entry"] = letters.visit
    if config.rehearsal:
        extra |= {"mailbox": mailbox, "time_machine": time_machine, **_rehearse(config.service, portal)}
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
    return WhiteNoise(app, root=str(site), index_file=True, add_headers_function=_site_headers)


def _site_headers(headers: Any, path: str, url: str) -> None:
    headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    )
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"


def _smtp(config: Config) -> Mail:
    security: bool | Literal["ssl"] = {"starttls": True, "none": False}.get(config.smtp_security, "ssl")
    return Smtp(
        host=config.smtp_host,
        port=config.smtp_port,
        username=config.smtp_user,
        password=config.smtp_password,
        starttls=security,
        sender=config.sender,
        timeout=10,  # up to nine answers a message must stay within the clockwork's lease
    )


def _keys(path: Path) -> list[str]:
    """Secret keys, one a line, newest last; made at the first start, readable by the owner only."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    return path.read_text("utf-8").split()


def _rehearse(service: Path, portal: Portal) -> dict[str, Any]:
    """Appoint the sample officials, once, and offer the sample documents."""
    data = _read_toml(service / "rehearsal.toml")
    if not portal.records.officials():
        for entry in data.get("officials", ()):
            portal.records.appoint(Official(**entry))
    return {"samples": data.get("samples", []), "specimen": data.get("specimen", {})}


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
