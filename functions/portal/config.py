"""The settings of one portal, from the environment and the command line. Opens no file but the password's."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeVar

from portal.core.errors import SettingInvalid

ROOT = Path(__file__).resolve().parents[2]

SECURITY: Final[Mapping[str, bool | Literal["ssl"]]] = {"starttls": True, "ssl": "ssl", "none": False}
"""How the mail relay is spoken to, and what that is to ``engines.local.mail.Smtp``."""

PORTS: Final[Mapping[str, int]] = {"imaps": 993, "imap": 143}
"""Of a mailbox that is encrypted from the start, and of one whose encryption begins after the greeting."""

_MAILBOX: Final = re.compile(
    r"(?P<scheme>imaps?)://(?P<user>[^\s\"\\/:]+)@(?P<host>[^\s\"\\/:@]+)(:(?P<port>[0-9]+))?"
    r"/(?P<folder>[ !#-\[\]-~]+)",
    re.ASCII,
)

_Meaning = TypeVar("_Meaning")


@dataclass(frozen=True)
class Bounces:
    """The mailbox in which reports of undelivered emails arrive (BOUNCES)."""

    host: str
    port: int
    user: str
    folder: str
    encrypted: bool


class Settings(Protocol):
    """What every engine's configuration says.

    Attributes:
        schemas: folder of the shared schemas, with one folder below it for each service.
        address: public address, without a slash at the end.
        rehearsal: sample officials, mailbox, time machine; never for real cases.
        proxy: address of whoever has to say for whom it asks; empty where nobody does.
    """

    @property
    def schemas(self) -> Path: ...
    @property
    def address(self) -> str: ...
    @property
    def rehearsal(self) -> bool: ...
    @property
    def proxy(self) -> str: ...


DAEMON: Final = "/run/clamav/clamd.ctl"
"""Where Debian's ``clamav-daemon`` listens."""


@dataclass(frozen=True)
class Config:
    """Settings; ``from_environment`` names each variable.

    Attributes:
        schemas: folder of the shared schemas, with one folder below it for each service.
        services: names of those that are served, in their order; none: those that the office lists (``offered``).
        data: folder of everything that must survive: database, files, keys.
        address: public address, without a slash at the end.
        site: the built static site, or None to serve the dynamic pages only.
        rehearsal: sample officials, mailbox, time machine; never for real cases.
        proxy: address of the TLS proxy whose X-Forwarded-For names who asks; nobody's word is taken for it if empty.
        smtp_security: starttls, ssl or none.
        sender: who emails are from, as in a From line; nothing can be sent without it.
        alert: a command that is given one line when the mail relay is out; none if empty.
        bounces: the mailbox in which reports of undelivered emails arrive; None if nobody reads one.
        return_path: address to which servers report, with ``{}`` for an email's own mark; the sender's if empty.
        clamd: where ClamAV's daemon listens, a socket's path or ``host:port``; nobody looks for malware if empty.
        keep_free: megabytes of the disk; with less, no documents are taken in.
    """

    schemas: Path
    services: tuple[str, ...]
    data: Path
    address: str
    site: Path | None
    rehearsal: bool
    proxy: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_security: str
    sender: str
    alert: str = ""
    bounces: Bounces | None = None
    bounces_password: str = field(default="", repr=False)
    return_path: str = ""
    keep_free: int = 500
    clamd: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **given: Any) -> "Config":
        """Settings from variables; ``given`` ones (of the command line) go before.

        Those of ``chosen``, DATA, ADDRESS, SITE, REHEARSAL (1 or 0), PROXY, SMTP_HOST, SMTP_PORT, SMTP_USER,
        SMTP_PASSWORD_FILE, SMTP_SECURITY (starttls, ssl or none), SENDER, ALERT, BOUNCES, BOUNCES_PASSWORD_FILE,
        RETURN_PATH, KEEP_FREE, CLAMD (or ``off``). An empty one is as good as none.

        Raises:
            SettingInvalid: a variable says something else than it may (``setting_invalid``).
        """
        said = {key: value for key, value in environ.items() if value}
        settings: dict[str, Any] = {
            **chosen(said),
            "data": Path(said.get("DATA", "data")),
            "address": said.get("ADDRESS", "http://localhost:8000"),
            "site": Path(said.get("SITE", ROOT / "build" / "site")),
            "rehearsal": _one_of(said, "REHEARSAL", {"0": False, "1": True}),
            "proxy": said.get("PROXY", ""),
            "smtp_host": said.get("SMTP_HOST", "localhost"),
            "smtp_port": _port("SMTP_PORT", said.get("SMTP_PORT", "25")),
            "keep_free": _megabytes("KEEP_FREE", said.get("KEEP_FREE", "500")),
            "smtp_user": said.get("SMTP_USER", ""),
            "smtp_password": _secret(said, "SMTP_PASSWORD_FILE"),
            "smtp_security": _one_of(said, "SMTP_SECURITY", {key: key for key in SECURITY}),
            "sender": said.get("SENDER", ""),
            "alert": _command(said.get("ALERT", "")),
            "bounces": _bounces(said),
            "bounces_password": _secret(said, "BOUNCES_PASSWORD_FILE"),
            "return_path": _return_path(said.get("RETURN_PATH", "")),
        }
        settings |= {key: value for key, value in given.items() if value is not None}
        settings.setdefault("clamd", _scanner(said.get("CLAMD", ""), rehearsal=settings["rehearsal"]))
        return cls(**{**settings, "address": _origin(settings["address"])})

    @property
    def lacks_proxy(self) -> bool:
        """Has the public address TLS, so that somebody passes on what comes, and nobody said who?"""
        return self.address.startswith("https:") and not self.proxy

    def must_reach_people(self) -> None:
        """Raises SettingInvalid (``setting_missing``): no email can be sent, as nobody is named as its sender."""
        if not self.rehearsal and "@" not in parseaddr(self.sender)[1]:
            raise SettingInvalid("setting_missing", key="SENDER", expected="Portal <portal@example.go.id>")


def chosen(said: Mapping[str, str]) -> dict[str, Any]:
    """``schemas`` and ``services`` by SCHEMAS (a folder) and SERVICES (names of folders in it, with commas between).

    SERVICE, the folder of a single service, does for both.
    """
    if said.get("SERVICE"):
        folder = Path(said["SERVICE"])
        return {"schemas": folder.parent, "services": (folder.name,)}
    services = (name.strip() for name in said.get("SERVICES", "").split(","))
    return {"schemas": Path(said.get("SCHEMAS") or ROOT / "schemas"), "services": tuple(filter(None, services))}


def _one_of(said: Mapping[str, str], key: str, meanings: Mapping[str, _Meaning]) -> _Meaning:
    """What a variable's text means; the first of the meanings where it is not set."""
    value = said.get(key, next(iter(meanings)))
    if value not in meanings:
        raise SettingInvalid("setting_invalid", key=key, value=value, expected=", ".join(meanings))
    return meanings[value]


def _origin(address: str) -> str:
    """Scheme, host and port: the portal's pages lie at the root of a host, wherever it is."""
    origin = address.rstrip("/")
    if not re.fullmatch(r"https?://[^/\s?#@]+", origin):
        raise SettingInvalid("setting_invalid", key="ADDRESS", value=address, expected="https://portal.example.go.id")
    return origin


def _command(text: str) -> str:
    """A command whose words can be told apart."""
    try:
        shlex.split(text)
    except ValueError as problem:
        raise SettingInvalid("setting_invalid", key="ALERT", value=text, expected=str(problem)) from problem
    return text


def _scanner(text: str, *, rehearsal: bool) -> str:
    """Where malware is looked for: nowhere only if somebody says so, or plays."""
    return {"": "" if rehearsal else DAEMON, "off": ""}.get(text, text)


def _megabytes(key: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise SettingInvalid("setting_invalid", key=key, value=text, expected="500")
    return int(text)


def _port(key: str, text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,4}", text) or int(text) > 65535:
        raise SettingInvalid("setting_invalid", key=key, value=text, expected="1-65535")
    return int(text)


def _bounces(said: Mapping[str, str]) -> Bounces | None:
    """The mailbox of BOUNCES; its password is in a file, so that it is in no environment, log or list of processes."""
    text = said.get("BOUNCES", "")
    if not text:
        return None
    found = _MAILBOX.fullmatch(text)
    if found is None:
        # Whoever has put a password into it is not to read it on the screen.
        shown = re.sub(r"(?<=//).*(?=@)", "...", text)
        expected = "imaps://portal@example.go.id@imap.example.go.id/INBOX"
        raise SettingInvalid("setting_invalid", key="BOUNCES", value=shown, expected=expected)
    if not said.get("BOUNCES_PASSWORD_FILE"):
        raise SettingInvalid("setting_missing", key="BOUNCES_PASSWORD_FILE", expected="/etc/portal/imap")
    scheme, user = found["scheme"], found["user"].replace("%40", "@")
    port = _port("BOUNCES", found["port"] or str(PORTS[scheme]))
    return Bounces(found["host"], port, user, found["folder"], scheme == "imaps")


def _return_path(text: str) -> str:
    """An address, which stays one when a mark takes the place of ``{}``, and apart from which the mark can be told."""
    local, _, domain = text.rpartition("@")
    marked = local.replace("{}", "." * 32, 1)
    stands_apart = not re.search(r"[A-Za-z0-9]\{\}|\{\}[A-Za-z0-9]", local)
    if text and not (
        stands_apart and re.fullmatch(r"[A-Za-z0-9.+=_-]{1,64}", marked) and re.fullmatch(r"[A-Za-z0-9.-]+", domain)
    ):
        expected = "pantulan+{}@example.go.id"
        raise SettingInvalid("setting_invalid", key="RETURN_PATH", value=text, expected=expected)
    return text


def _secret(said: Mapping[str, str], key: str) -> str:
    """What a file says that only the portal may read; empty without one."""
    path = said.get(key, "")
    try:
        return Path(path).read_text("utf-8").strip() if path else ""
    except (OSError, ValueError) as problem:
        raise SettingInvalid("setting_invalid", key=key, value=path, expected=str(problem)) from problem
