"""The wiring on one machine: settings from the environment, and the embedded engine."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from portal.engines.local.files import FolderFiles
from portal.engines.local.mail import Mailbox, Smtp
from portal.engines.local.records import SqliteRecords
from portal.engines.ports import Mail
from portal.house import Engine, House, furnish, pages, read_sop
from portal.links import Links

__all__ = ["ROOT", "Config", "House", "TimeMachine", "build", "open_house", "read_sop", "with_site", "wsgi"]

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


def build(config: Config, clock: Callable[[], datetime] | None = None) -> House:
    """The portal on the embedded engine: SQLite, a folder, and SMTP or the rehearsal's mailbox."""
    config.data.mkdir(parents=True, exist_ok=True)
    edition = read_sop(config.service)
    time_machine = TimeMachine(config.data / "jam")
    clock = clock or (time_machine.now if config.rehearsal else lambda: datetime.now(UTC))
    links = Links(_keys(config.data / "kunci"))
    records = SqliteRecords(config.data / "portal.sqlite")
    records.keep_sop(edition.version, edition.snapshot())
    files = FolderFiles(config.data / "berkas", links, lambda: secrets.token_hex(8))
    mail: Mail = _smtp(config)
    extra: dict[str, Any] = {"receiver": files}
    if config.rehearsal:
        mail = Mailbox(config.data / "kotak-surat.sqlite", edition.data["office"]["email"])
        extra |= {"mailbox": mail, "time_machine": time_machine}
    return furnish(edition, Engine(records, files, mail, links, extra), clock, config)


def open_house(environ: Mapping[str, str], **given: Any) -> House:
    """The portal that the environment names: on this machine, or on AWS with ENGINE=aws."""
    if environ.get("ENGINE") == "aws":
        from portal.bootstrap_aws import AwsConfig, build_aws

        return build_aws(AwsConfig.from_environment(environ))
    return build(Config.from_environment(environ, **given))


def wsgi(house: House) -> Any:
    """The static site, where there is one, and the dynamic pages as one WSGI application."""
    return with_site(pages(house), house.config.site)


def with_site(app: Any, site: Path | None) -> Any:
    """An application with the files of the built site before it."""
    from whitenoise import WhiteNoise

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
