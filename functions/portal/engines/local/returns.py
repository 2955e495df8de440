"""Emails that come back: how each is marked as it goes out, and the mailbox (IMAP) in which word of it arrives.

Reports that were understood are flagged as seen; all other mail, of people and of whoever else knows the address, is
left as it is, so that somebody may read it. Never logs: mail is personal.
"""

import imaplib
import json
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from portal.core.errors import Unavailable
from portal.core.notices import Identity, Notice
from portal.engines import reports
from portal.engines.mime import domain
from portal.engines.ports import CameBack, Message
from portal.links import Links

PURPOSE: Final = "pantulan"

HEADER: Final = "X-Portal-Email"
"""Bears the mark too, as some relays give a message another id."""

PLACE: Final = "{}"
"""Stands for the mark in the address to which an email's reports go."""

MOST_BYTES: Final = 128 * 1024
"""Of one mail; a report begins with what it reports."""

OLDEST: Final = timedelta(days=30)
"""Mail that arrived earlier is not looked at."""

WINDOW: Final = 10_000
"""Numbers of mails that are asked for at a time, as IMAP answers on one line."""

PATIENCE: Final = 20
"""Seconds that the server may take for any one answer."""

_LENGTH: Final = 16
"""Of an email's name, and of the seal behind it."""


@dataclass(frozen=True)
class Marks:
    """Marks each email with a name of its own and a seal of it, by which word of it finds what went in it.

    Attributes:
        sender: as for ``mail.Smtp``.
        returns_to: address to which servers report, with ``PLACE`` in it or not; the sender's own if empty.
        sent_in: what went in the email of a name.
    """

    links: Links
    sender: str
    returns_to: str
    sent_in: Callable[[str], Sequence[Identity]]

    def mark(self, message: Message, together: Sequence[Notice]) -> Message:
        """The message of some notices, the first of which was claimed first, as it goes out."""
        name = together[0].email
        mark = f"{name}{self.links.seal(PURPOSE, name)}"
        headers = {**message.headers, "Message-ID": f"<{mark}@{domain(self.sender)}>", HEADER: mark}
        return replace(message, headers=headers, returns_to=self.returns_to.replace(PLACE, mark))

    def find(self, raw: bytes) -> Sequence[Identity]:
        """What went in the email that a mail is about; nothing if it names none that was sent, or forged its mark."""
        for mark in reports.marks(raw):
            if self.links.is_sealed(PURPOSE, mark[:_LENGTH], mark[_LENGTH:]):
                return self.sent_in(mark[:_LENGTH])
        return ()


class ImapInbox:
    """``web.here.Inbox`` by IMAP.

    Args:
        encrypted: from the start (port 993); else the server must take STARTTLS, unless it is on this machine.
        noted: a file that says how far the mailbox has been read; beside it lies another one while it cannot be.
        find: ``Marks.find``.
        tls: for a server whose certificate the system does not know; the system's own trust if None.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        folder: str,
        encrypted: bool,
        noted: Path,
        find: Callable[[bytes], Sequence[Identity]],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host, self._port, self._encrypted, self._tls = host, port, encrypted, tls
        self._user, self._password, self._folder = user, password, folder
        self._noted, self._out = noted, noted.with_name(f"{noted.name}.gangguan")
        self._find = find

    @property
    def out_since(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self._out.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def words(self, at: datetime) -> Iterator[CameBack]:
        try:
            with _translated(), self._opened() as box:
                yield from self._new(box, at)
        except Unavailable:
            if self.out_since is None:
                self._out.write_text(at.isoformat(), "utf-8")
            raise
        self._out.unlink(missing_ok=True)

    def _new(self, box: imaplib.IMAP4, at: datetime) -> Iterator[CameBack]:
        validity, following = _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")
        for uid in self._unread(box, self._last(validity), following, at):
            raw = _fetched(box, uid)
            identities = self._find(raw)
            report = reports.read(raw) if identities else None
            if report and report.final is not None:
                yield CameBack(identities, report.problem, report.final)
            if report:
                box.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
            # A mail at a time, so that a crash tells one of them twice and not many.
            self._note(validity, uid)
        # Also what is too old to be looked at, so that it is not searched again.
        self._note(validity, following - 1)

    def _unread(self, box: imaplib.IMAP4, last: int, following: int, at: datetime) -> Iterator[int]:
        """Numbers of the mails behind the last one that was read and before the next one to come, in order."""
        day = "-".join(format_datetime(at - OLDEST).split()[1:4])
        for first in range(last + 1, following, WINDOW):
            _, found = box.uid("SEARCH", "UID", f"{first}:{first + WINDOW - 1}", "SINCE", day)
            yield from sorted(int(uid) for line in found if line for uid in line.split())

    def _last(self, validity: int) -> int:
        """Number of the mail that was read last; 0 if the server has numbered anew, or nobody knows."""
        try:
            known, last = json.loads(self._noted.read_text("utf-8"))
            return int(last) if known == validity else 0
        except (FileNotFoundError, ValueError, TypeError):
            return 0

    def _note(self, validity: int, last: int) -> None:
        self._noted.write_text(json.dumps([validity, last]), "utf-8")

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        box = self._connect()
        try:
            self._log_in(box)
            if box.select(f'"{self._folder}"')[0] != "OK":
                raise Unavailable("inbox_unavailable", problem="no such folder")
            yield box
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                box.logout()

    def _connect(self) -> imaplib.IMAP4:
        context = self._tls or ssl.create_default_context()
        if self._encrypted:
            return imaplib.IMAP4_SSL(self._host, self._port, ssl_context=context, timeout=PATIENCE)
        box = imaplib.IMAP4(self._host, self._port, timeout=PATIENCE)
        if self._host not in ("localhost", "127.0.0.1", "::1"):
            box.starttls(context)
        return box

    def _log_in(self, box: imaplib.IMAP4) -> None:
        try:
            if "AUTH=PLAIN" in box.capabilities:  # which takes passwords in any letters
                box.authenticate("PLAIN", lambda _: f"\0{self._user}\0{self._password}".encode())
            else:
                box.login(self._user, self._password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise Unavailable("inbox_unavailable", problem="login refused") from None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as problem:
        # Without the cause and its words: they may hold an address.
        raise Unavailable("inbox_unavailable", problem=type(problem).__name__) from None


def _number(box: imaplib.IMAP4, name: str) -> int:
    """What the server said of the folder as it was opened."""
    _, found = box.response(name)
    said = re.search(rb"\d+", found[0] or b"") if found else None
    if said is None:
        raise imaplib.IMAP4.error(f"no {name}")
    return int(said[0])


def _fetched(box: imaplib.IMAP4, uid: int) -> bytes:
    """The beginning of a mail; empty if it is gone. It stays as unseen as it was."""
    _, answers = box.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((bytes(answer[1]) for answer in answers if isinstance(answer, tuple)), b"")
