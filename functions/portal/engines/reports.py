"""What mail says that comes back: an email did not arrive, which one, and why. Pure; stores nothing.

Delivery reports as RFC 3464 has them, and those of old servers in words alone. Auto-replies (RFC 3834), receipts, spam
and mail from people are none. Anybody may write such a mail, so whatever it says is only as good as the mark in it,
which is for others to verify.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from itertools import islice
from typing import Final

from portal.engines.mime import answer

MARK: Final = re.compile(r"(?<![0-9a-z])[0-9a-f]{16}[a-z2-7]{16}(?![0-9a-z])")
"""What a mark looks like, as emails carry it (``engines.local.returns``)."""

MOST_MARKS: Final = 50

MOST_PARTS: Final = 20
"""Parts within parts make a mail slow to read, so that one of seconds could be written; reports have four or five."""

_DAEMON: Final = re.compile(r"mailer-daemon|postmaster|mail-daemon|mail delivery (?:sub)?system", re.IGNORECASE)
_FAILURE: Final = re.compile(r"undeliver|returned mail|failure|failed|could not be delivered", re.IGNORECASE)
_WAITS: Final = re.compile(r"warning|delay|still trying|not yet|will (?:be )?(?:retr|keep|continue)", re.IGNORECASE)

# An enhanced status (RFC 3463), and not part of an address of the network; or a reply of SMTP.
_STATUS: Final = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ -])")

# From here on an old server quotes the email that it could not deliver.
_QUOTED: Final = re.compile(r"^(?:-{3}.*(?:copy|original|below).*|(?:Return-Path|Received):.*)$", re.I | re.M)
_MOST_WORDS: Final = 20_000


@dataclass(frozen=True)
class Report:
    """Attributes:
    final: True for a failure for good, False where the servers gave up over what may pass; None where nothing has
        failed, as while they are still trying.
    problem: why, in the words of the servers, on one line.
    """

    final: bool | None
    problem: str


def marks(raw: bytes) -> Iterator[str]:
    """What may be the mark of the email that a mail is about: of the address it was sent to first, quoted ones last.

    Looked for as it arrived, in its headers and wherever it quotes any: a mail that bears none is not taken apart.

    Args:
        raw: as it arrived, or its beginning.
    """
    found = (each[0] for each in MARK.finditer(raw.decode("latin-1").lower()))
    return iter(dict.fromkeys(islice(found, MOST_MARKS)))


def read(raw: bytes) -> Report | None:
    """What a mail reports; None for one that is no report, or cannot be read.

    Args:
        raw: as for ``marks``: what follows the report itself is only the email that came back.
    """
    if raw.lower().count(b"boundary=") > MOST_PARTS:
        return None
    try:
        mail = message_from_bytes(raw)
        found = _by_fields(mail) or _by_words(mail)
        return Report(*found) if found else None
    except Exception:
        # Whoever bends a mail so that it cannot be read gets what all others get whose mail is no report.
        return None


def _by_fields(mail: Message) -> tuple[bool | None, str] | None:
    """By the machine's part of a report, of which there is none inside of what a report encloses."""
    told = [_of_recipient(block) for part in _parts(mail) for block in _blocks(part)]
    verdicts = [each for each in told if each]
    failures = [each for each in verdicts if each[0] is not None]
    # One report is of one email to one person; several recipients are addresses that theirs leads to.
    return max(failures, key=lambda each: bool(each[0])) if failures else next(iter(verdicts), None)


def _parts(mail: Message) -> list[Message]:
    return _inside(mail) if mail.get_content_type() == "multipart/report" else []


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a report, one for each recipient, and one for all of them."""
    if part.get_content_type() == "message/delivery-status":
        return _inside(part)
    if part.get_content_type() == "message/global-delivery-status":  # RFC 6533, which Python takes for an email
        groups = (re.split(r"\n\s*\n", str(first.get_payload())) for first in _inside(part))
        return [*_inside(part), *(message_from_string(group) for several in groups for group in several)]
    return []


def _of_recipient(block: Message) -> tuple[bool | None, str] | None:
    action, status, said = (str(block.get(name) or "").strip() for name in ("Action", "Status", "Diagnostic-Code"))
    if not (action or status):
        return None
    code = _STATUS.search(status) or _STATUS.search(said) or _REPLY.search(said)
    failed = action.lower().startswith("failed") or (not action and code is not None and code[1] in "45")
    # Without a status, or with one that is none, it is for a person to look at.
    return (code is None or code[1] != "4") if failed else None, answer(f"{status} {said}")


def _by_words(mail: Message) -> tuple[bool | None, str] | None:
    """By the words of a server that writes reports for people only."""
    subject, writer = str(mail.get("Subject") or ""), str(mail.get("From") or "")
    from_nobody = str(mail.get("Return-Path") or "").strip() == "<>"
    by_server = _DAEMON.search(writer) or (from_nobody and _FAILURE.search(subject))
    if mail.get_content_type() == "multipart/report" or not (mail.get("X-Failed-Recipients") or by_server):
        return None
    words = _words(mail)
    if not (mail.get("X-Failed-Recipients") or _FAILURE.search(subject + words[:1000]) or _WAITS.search(subject)):
        return None  # a postmaster may also answer that an email has arrived
    code = next((found for found in _codes(words) if found[1] == "5"), None) or next(_codes(words), None)
    if (code is None or code[1] != "5") and _WAITS.search(subject + words[:1000]):
        return None, ""
    return code is None or code[1] == "5", answer(words[code.start() :] if code else words)


def _codes(words: str) -> Iterator[re.Match[str]]:
    yield from (found for found in _STATUS.finditer(words) if found[1] in "45")
    yield from _REPLY.finditer(words)


def _words(mail: Message) -> str:
    """The first text, up to where the email is quoted."""
    part = next((each for each in mail.walk() if each.get_content_maintype() == "text"), None)
    payload = part.get_payload(decode=True) if part else b""
    text = payload.decode("utf-8", "replace")[:_MOST_WORDS] if isinstance(payload, bytes) else ""
    if part and part.get_content_subtype() == "html":
        text = re.sub(r"<[^<>]*>", " ", text)
    return _QUOTED.split(text, maxsplit=1)[0]
