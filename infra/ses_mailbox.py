"""What SES was given, as moto keeps it, for the rehearsal's mailbox page."""

import email
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

from portal.core.errors import MailDeferred
from portal.engines.ports import Mail, Message

_LINK: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)']")


class SesMailbox:
    """The rehearsal's mailbox, its switch for a relay that is down, and that for emails that come in rounds.

    Args:
        sent: the emails as SES got them (RFC 5322), oldest first.
    """

    def __init__(self, sent: Callable[[], Sequence[str]]) -> None:
        self._sent = sent
        self.failing = False
        self.collecting = False

    def before(self, mail: Mail) -> Mail:
        """The same mail, but out of reach while ``failing``."""
        return _Switched(self, mail)

    def messages(self) -> list[dict[str, Any]]:
        """All that was sent, oldest first: id, to, subject, text, html, calendar, links, sent_at (UTC, ISO 8601)."""
        return [{"id": number, **_read(raw)} for number, raw in enumerate(self._sent(), 1)]


class _Switched:
    def __init__(self, box: SesMailbox, mail: Mail) -> None:
        self._box, self._mail = box, mail

    def send(self, message: Message, at: datetime) -> None:
        if self._box.failing:
            raise MailDeferred("mail_deferred", answer="421 rehearsal")
        self._mail.send(message, at)


def _read(raw: str) -> dict[str, Any]:
    mail = email.message_from_string(raw, policy=default)
    text = _part(mail, "text/plain")
    return {
        "to": mail["To"],
        "subject": mail["Subject"],
        "text": text,
        "html": _part(mail, "text/html"),
        "calendar": _part(mail, "text/calendar"),
        "links": _LINK.findall(text),
        "sent_at": parsedate_to_datetime(mail["Date"]).astimezone(UTC).isoformat(),
    }


def _part(mail: EmailMessage, kind: str) -> str:
    found = (part for part in mail.walk() if part.get_content_type() == kind)
    return next((str(part.get_content()) for part in cast(Any, found)), "")
