"""Long subjects, laid out over lines so that they read afterwards as they did before.

``email``'s own folding may leave a space at the end of a line and begin the next one with another; both are shown.
"""

from email.header import Header
from email.headerregistry import HeaderRegistry
from email.policy import EmailPolicy
from functools import cache
from typing import Any


class ExactSubjects(EmailPolicy):
    """What relays take (RFC 5322, lines of at most 78 characters), with every subject kept to the letter."""

    def fold(self, name: str, value: str) -> str:
        return self._subject(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        subject = self._subject(name, value)
        return subject.encode("ascii") if subject else super().fold_binary(name, value)

    def _subject(self, name: str, value: str) -> str:
        """The folded header; empty if it is no subject."""
        if name.lower() != "subject":
            return ""
        text = str(value)
        charset = "us-ascii" if text.isascii() else "utf-8"
        folded = Header(text, charset, self.max_line_length, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"


class _Headers(HeaderRegistry):
    """Makes the class of a kind of header once, and not for each header, which took longer than to read its words."""

    def __getitem__(self, name: str) -> Any:
        return _joined(self.registry.get(name.lower(), self.default_class), self.base_class)


@cache
def headers() -> HeaderRegistry:
    """What makes the headers of every email."""
    return _Headers()


@cache
def _joined(kind: type, base: type) -> type:
    return type(f"_{kind.__name__}", (kind, base), {})
