"""The mail through an SMTP relay, and the mailbox that stands in for one in rehearsal.

Sends once and says how it went; whether and when to try again is decided elsewhere. Never logs: a relay's answer may
hold an address.
"""

import json
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final, Literal

from portal.core.errors import MailDeferred, MailRefused
from portal.engines.local.breakdown import Switch
from portal.engines.local.database import Database
from portal.engines.mime import answer, compose, domain
from portal.engines.ports import Message

# RFC 4954: the relay wants us to log in, or differently. A fault of the configuration, not of this message.
_OUR_FAULT: Final = frozenset({530, 534, 535, 538})

MOST_ON_ONE: Final = 50
"""Messages on one connection; some relays take no more than a hundred."""

_LINK: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)']")

_MAILBOX: Final = (
    ("CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, raw BLOB NOT NULL)",),
)


@dataclass
class _Line:
    """A connection on which we may send, and how many messages have gone by it."""

    relay: smtplib.SMTP
    messages: int = 0

    def leave(self) -> None:
        # What the relay has taken it has: whatever happens to the farewell must not make us send it again.
        with closing(self.relay), suppress(smtplib.SMTPException, OSError):
            self.relay.quit()


class Smtp:
    """``ports.Mail`` and ``ports.Lingers`` through a relay.

    Args:
        sender: who it is from, as in a From line: ``Portal <portal@example.go.id>``; its domain is also what the
            relay is greeted with, and where message ids belong.
        starttls: False for a relay on the same machine or network, True to insist on encryption after the greeting
            (port 587), "ssl" for encryption from the start (port 465).
        timeout: seconds the relay may take for any one answer.
        tls: for a relay whose certificate the system does not know; the system's own trust if None.
        lingers: keep the connection for the next message, until ``let_go``; to greet, encrypt and log in anew for each
            takes longer than to send it.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        username: str = "",
        password: str = "",
        starttls: bool | Literal["ssl"] = True,
        timeout: float = 20,
        tls: ssl.SSLContext | None = None,
        lingers: bool = False,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._username = username
        self._password = password
        self._starttls = starttls
        self._timeout = timeout
        self._tls = tls
        self._lingers = lingers
        self._open: list[_Line] = []

    def send(self, message: Message, at: datetime) -> None:
        """Hand it to the relay.

        Raises:
            MailRefused: the address is none, or the relay says 5xx to sender, recipient or content (``mail_refused``);
                ``facts["answer"]`` is what it said.
            MailDeferred: anything that may pass: 4xx, no connection, no answer in time, a refused login
                (``mail_deferred``, with ``answer``; ``relay`` is True where it is the relay that is out, and not
                something about this message).
        """
        mail = compose(message, self._sender, at)
        with _deferring():
            if kept := self._kept():
                # It may take no more on one connection, now or for good, that it would take on another.
                with suppress(smtplib.SMTPSenderRefused, MailRefused):
                    self._go(kept, mail, message)
                    return
            self._go(self._begun(), mail, message)

    def let_go(self) -> None:
        while self._open:
            self._open.pop().leave()

    def try_out(self) -> None:
        """Greet the relay, encrypt, log in, say from whom, and leave. Raises MailDeferred as ``send``."""
        sender = parseaddr(self._sender)[1]
        with _deferring(), closing(self._connect()) as relay:
            relay.ehlo_or_helo_if_needed()
            self._log_in(relay)
            code, answer = relay.mail(sender)
            if code != 250:
                raise smtplib.SMTPSenderRefused(code, answer, sender)
            relay.rset()

    def _kept(self) -> "_Line | None":
        """One that is open still, and on which the relay answers."""
        if not self._open:
            return None
        line = self._open.pop()
        with suppress(smtplib.SMTPException, OSError):
            if line.relay.noop()[0] == 250:
                return line
        line.relay.close()
        return None

    def _begun(self) -> "_Line":
        relay = self._connect()
        try:
            self._log_in(relay)
        except BaseException:
            relay.close()
            raise
        return _Line(relay)

    def _go(self, line: "_Line", mail: EmailMessage, message: Message) -> None:
        line.messages += 1
        try:
            self._hand_over(line.relay, mail, message)
        except MailRefused:
            line.leave()
            raise
        except BaseException:
            line.relay.close()
            raise
        if self._lingers and line.messages < MOST_ON_ONE:
            self._open.append(line)
        else:
            line.leave()

    def _hand_over(self, relay: smtplib.SMTP, mail: EmailMessage, message: Message) -> None:
        """From the address for reports, or from our own if the relay does not let us send from there.

        Some relays say so of the sender and some only of the recipient, so any refusal is tried once more.
        """
        if message.returns_to:
            with suppress(MailRefused), _refusing():
                relay.send_message(mail, message.returns_to, [message.to])
                return
        with _refusing():
            relay.send_message(mail, parseaddr(self._sender)[1], [message.to])

    def _connect(self) -> smtplib.SMTP:
        # The name to greet with is given, as smtplib would ask the DNS for one, which may take longer than the timeout.
        greeting = domain(self._sender)
        if self._starttls == "ssl":
            context = self._tls or ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, greeting, timeout=self._timeout, context=context)
        return smtplib.SMTP(self._host, self._port, greeting, timeout=self._timeout)

    def _log_in(self, relay: smtplib.SMTP) -> None:
        if self._starttls is True:
            relay.starttls(context=self._tls or ssl.create_default_context())
        if self._username:
            relay.login(self._username, self._password)


class Mailbox:
    """``ports.Mail`` for rehearsal: keeps everything sent, durably and in order, in a file of its own.

    Args:
        path: the file; made when missing.
        sender: as for ``Smtp``.
        address: where the portal is served by now; links to where it was when an email was written lead there.
    """

    def __init__(self, path: Path, sender: str, address: str = "") -> None:
        self._address = address
        self._database = Database(path, _MAILBOX)
        self._sender = sender
        self._down = Switch(path.with_name(f"{path.name}.down"))
        self._rounds = Switch(path.with_name(f"{path.name}.rounds"))

    @property
    def failing(self) -> bool:
        """Does it play a relay that is down? Set it to rehearse that; then every ``send`` raises MailDeferred."""
        return self._down.is_on

    @failing.setter
    def failing(self, value: bool) -> None:
        self._down.turn(value)

    @property
    def collecting(self) -> bool:
        """Are officials' emails to come together in rounds, as an office gets them? Each by itself, if not."""
        return self._rounds.is_on

    @collecting.setter
    def collecting(self, value: bool) -> None:
        self._rounds.turn(value)

    def send(self, message: Message, at: datetime) -> None:
        """Keep it. Raises MailDeferred while ``failing``, MailRefused as ``Smtp`` for what is no address."""
        mail = compose(message, self._sender, at)
        if self.failing:
            raise MailDeferred("mail_deferred", answer="421 rehearsal", relay=True)
        kept = {
            "to": message.to,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "calendar": message.calendar,
            "links": _LINK.findall(message.text),
            "sent_at": at.astimezone(UTC).isoformat(),
            "address": self._address,
        }
        with self._database.writing() as connection:
            connection.execute("INSERT INTO message (body, raw) VALUES (?, ?)", (json.dumps(kept), mail.as_bytes()))

    def messages(self) -> list[dict[str, Any]]:
        """All that was sent, oldest first: id, to, subject, text, html, calendar, links, sent_at (UTC, ISO 8601).

        ``links``: the addresses in the text, in order.
        """
        with self._database.reading() as connection:
            kept = connection.execute("SELECT id, body FROM message ORDER BY id").fetchall()
        return [{"id": id, **self._by_now(json.loads(body))} for id, body in kept]

    def _by_now(self, kept: dict[str, Any]) -> dict[str, Any]:
        before = kept.pop("address", "")
        if before in ("", self._address):
            return kept
        old, new = re.compile(rf"{re.escape(before)}(?![\w:-]|\.\w)"), self._address
        moved = {name: old.sub(new, kept[name]) for name in ("text", "html", "calendar")}
        return {**kept, **moved, "links": [old.sub(new, link) for link in kept["links"]]}

    def raw(self, id: int) -> bytes | None:
        """A message as a relay would have got it (RFC 5322); None if there is no such one."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT raw FROM message WHERE id = ?", (id,)).fetchone()
        return bytes(found[0]) if found else None

    def close(self) -> None:
        self._database.close()


@contextmanager
def _deferring() -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as problem:
        # Without the cause: smtplib's exceptions carry addresses, and a traceback may be logged.
        raise MailDeferred("mail_deferred", answer=_answer(problem), relay=_is_relays(problem)) from None


@contextmanager
def _refusing() -> Iterator[None]:
    """Tell a refusal for good from one that may pass, once the relay has accepted us."""
    try:
        yield
    except smtplib.SMTPNotSupportedError as problem:  # an address that this relay cannot write
        raise MailRefused("mail_refused", answer=_answer(problem)) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as problem:
        code, _ = _reply(problem)
        if 500 <= code < 600 and code not in _OUR_FAULT:
            raise MailRefused("mail_refused", answer=_answer(problem)) from None
        raise


def _is_relays(problem: Exception) -> bool:
    """Would any other message have fared as badly? Not so if only its recipient or its content was put off."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return _reply(problem)[0] in _OUR_FAULT | {421}
    return True


def _reply(problem: Exception) -> tuple[int, str]:
    """The relay's code and words; 0 and our side's words when it said nothing."""
    code: int = 0
    words: bytes | str = str(problem) or type(problem).__name__
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(problem.recipients.values()))
    elif isinstance(problem, smtplib.SMTPResponseException):
        code, words = problem.smtp_code, problem.smtp_error
    return code, words.decode(errors="replace") if isinstance(words, bytes) else words


def _answer(problem: Exception) -> str:
    code, words = _reply(problem)
    return answer(f"{code or ''} {words}")
