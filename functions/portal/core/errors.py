"""What the portal may refuse, named by what happened.

No sentence and no HTTP status lives here: ``code`` is the key of both in ``messages.toml``, and ``facts`` fill
the sentence's placeholders.
"""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self


class PortalError(Exception):
    """A refusal with a stable code."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(PortalError):
    """No such ticket, draft, document or file; also the answer to what may not be told apart from it."""


class NotAllowed(PortalError):
    """The person, state or step does not permit this."""


class Conflict(PortalError):
    """Somebody else wrote first; nothing of this change was kept."""


class Unavailable(PortalError):
    """A store cannot answer now (disk full, database locked); nothing was half-written, trying again may help."""


class Unreadable(PortalError):
    """What is kept of a case is there and makes no sense: damaged, or written by a portal that this one is not."""


class NotRestored(PortalError):
    """A backup is not put back: it is not whole, not of this portal, or there is no room for it."""


class NotMoved(PortalError):
    """What is kept is not taken from one engine to the other: it is not whole, or the place is not free."""


class DocumentRefused(PortalError):
    """An uploaded file is not acceptable; ``code`` says why."""


class LinkForged(PortalError):
    """A signed link, cookie or form does not carry our signature, or was made for another purpose."""


class LinkExpired(PortalError):
    """A genuine link past its time; ``facts["claims"]`` holds what it said, to offer a new one."""


@dataclass(frozen=True)
class Problem:
    """One thing in a service's folder that does not fit.

    Attributes:
        key: where, such as ``steps[2].role``.
        value: what stands there; None where nothing does, which no TOML file can say.
        expected: what belongs there.
        code: what kind of mistake it is, as ``PortalError.code``.
        file: which file it stands in, and ``line`` where there; 0 if that is not known.
    """

    key: str
    value: object
    expected: str
    code: str = "sop_invalid"
    file: str = ""
    line: int = 0

    @property
    def facts(self) -> dict[str, object]:
        placed = {"file": self.file} if self.file else {}
        return {**placed, "key": self.key, "value": self.value, "expected": self.expected}


class SopInvalid(PortalError):
    """A service's folder breaks rules; ``problems`` tell all of them, ``code`` and ``facts`` the first."""

    def __init__(self, code: str, *, key: str = "", value: object = None, expected: str = "", **facts: object) -> None:
        super().__init__(code, key=key, value=value, expected=expected, **facts)
        self.problems: tuple[Problem, ...] = (Problem(key, value, expected, code, str(facts.get("file", ""))),)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Self:
        """All of them (at least one) in one refusal."""
        first = problems[0]
        invalid = cls(first.code, key=first.key, value=first.value, expected=first.expected)
        invalid.facts, invalid.problems = first.facts, tuple(problems)
        return invalid


class SettingInvalid(PortalError):
    """A setting of the environment is missing or cannot be used; ``facts`` name it and what is expected."""


class MailRefused(PortalError):
    """The mail relay says that this message can never be delivered; repeating it is pointless."""


class MailDeferred(PortalError):
    """The mail relay did not take the message now; trying again later may help."""


def traced(problem: BaseException) -> str:
    """Kind and lines of code, innermost first; never the message, as what it was about may be personal."""
    lines = (f"{frame.name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(problem.__traceback__)))
    return f"{type(problem).__name__} in {' < '.join(lines)}"


@dataclass(frozen=True)
class Finding:
    """One thing wrong, or odd, about one field.

    Attributes:
        field: name of the field in the schema; empty for the whole form.
        message: the sentence from the schema.
        passable: True for a warning that the person may pass knowingly.
    """

    field: str
    message: str
    passable: bool = False


class Invalid(PortalError):
    """What was typed breaks rules; carries every finding at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__("invalid")
        self.findings = tuple(findings)
