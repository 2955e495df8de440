"""An email in the form relays take (RFC 5322, MIME), whichever relay it is. Never sends."""

import re
from datetime import datetime
from email.utils import parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from portal.core.errors import MailRefused
from portal.engines.ports import Message

if TYPE_CHECKING:
    from email.message import EmailMessage

_ANSWER_LENGTH: Final = 300

_METHOD: Final = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)

# One plain address, without a name, a list or a line break; whether it exists is for the relay to say.
_ADDRESS: Final = re.compile(r"[^\s\x00-\x1f\x7f@<>()\[\],;:\\\"]+@[^\s\x00-\x1f\x7f@<>()\[\],;:\\\"]+")


def compose(message: Message, sender: str, at: datetime) -> "EmailMessage":
    """The message in the form relays take (RFC 5322, MIME).

    Raises:
        MailRefused: ``message.to`` is not one address (``mail_refused``).
    """
    from email.message import EmailMessage

    from portal.engines.folding import ExactSubjects, headers

    if not _ADDRESS.fullmatch(message.to):
        raise MailRefused("mail_refused", answer="not an address")
    mail = EmailMessage(policy=ExactSubjects(linesep="\r\n", header_factory=headers()))
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = at
    mail["Message-ID"] = _message_id(message, sender, at)
    # RFC 3834 and its Exchange counterpart: no "out of office" in reply; but word of what did not arrive is wanted.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    for name, value in message.headers.items():
        del mail[name]
        mail[name] = one_line(value)
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    if message.calendar:
        # Named here too, as a mail program only heeds an entry whose part says the same (RFC 6047 2.4).
        method = _METHOD.search(message.calendar)
        said = {"method": method[1], "component": "VEVENT"} if method else {}
        mail.add_attachment(message.calendar, subtype="calendar", filename="jadwal.ics", params=said)
    return mail


def _message_id(message: Message, sender: str, at: datetime) -> str:
    # Made from what is sent, so that nothing random is needed and the same sending never bears two ids.
    said = "\0".join((message.to, message.subject, message.text, at.isoformat()))
    return f"<{sha256(said.encode()).hexdigest()[:32]}@{domain(sender)}>"


def domain(sender: str) -> str:
    """The domain of a From line."""
    return parseaddr(sender)[1].rpartition("@")[2]


def answer(words: str) -> str:
    """What a relay said, as it is kept: on one line, 300 characters of it at most, and none that a screen obeys."""
    return "".join(each for each in one_line(words)[:_ANSWER_LENGTH] if each.isprintable())


def one_line(value: str) -> str:
    """Text on one line."""
    # A line break in a header would begin another header.
    return " ".join(value.split())
