"""A portal with cases in every state, and whoever asks it anything: no error of the server, and nothing kept."""

import itertools
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from tests.support.openapi import described
from tests.support.sessions import WORKS, Session
from tests.support.stage import Stage
from tests.support.ways import WAYS

COUNTED: Final = 'INSERT INTO "used"'
"""A refused request may be counted, as that is what refuses the next one."""


class Portal:
    """WSGI. Three of four requests carry the keys of whoever may send a form there; each comes from another address.

    Args:
        rules: whose forms are filled in as well as they can be.

    Attributes:
        spec: ``openapi.described``.
        broken: what was answered with a server's error, or refused and kept something all the same.
    """

    def __init__(self, data: Path, rules: Iterable[str] = WORKS) -> None:
        self.stage = Stage(data)
        cases = {name: self.stage.case(*way) for name, way in WAYS.items()}
        self.sessions = {rule: Session(self.stage, rule) for rule in rules}
        self.stage.mail()
        forms = {rule: _fields(session) for rule, session in self.sessions.items()}
        named = [(rule.split("/"), session.path.split("/")) for rule, session in self.sessions.items()]
        of_forms = [(part, said) for rule, path in named for part, said in zip(rule, path, strict=True)]
        known = {
            "number": [*cases.values(), *(said for part, said in of_forms if part == "<number>")],
            "ticket": [*cases.values()],
            "draft": [said for part, said in of_forms if part == "<draft>"],
            "id": [said for part, said in of_forms if part == "<id>"],
            "kind": ["ktp", "jabatan"], "key": ["jabatan", "nama_ktp"], "service": ["penerbitan"],
            "token": [self.stage.link("permohonan", cases["waiting"]).rpartition("/")[2]],
        }  # fmt: skip
        self.spec = described(self.stage.app, known, forms)
        self.broken: list[str] = []
        self.asked, self._turn, self._seen = dict[int, int](), itertools.count(), 0
        self._database = sqlite3.connect(data / "portal.sqlite")
        self._moved()
        self._before = self._rows()
        keys = [(session.path.split("/"), _cookies(session)) for session in self.sessions.values()]
        self._keys = {"/".join(path[:parts]): key for parts in (2, 3, 4, 5, 6) for path, key in keys}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        turn, path = next(self._turn), environ["PATH_INFO"]
        environ["REMOTE_ADDR"] = f"10.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}"
        environ.setdefault("HTTP_ORIGIN", "http://localhost")
        environ["HTTP_HOST"] = "localhost"
        if turn % 4:
            environ["HTTP_COOKIE"] = self._key(path)
        answered: list[int] = []

        def noted(status: str, headers: list[tuple[str, str]], exc: Any = None) -> Any:
            answered[:] = [int(status[:3])]
            return start(status, headers, exc)

        try:
            said = b"".join(self.stage.app(environ, noted))
        except Exception as problem:
            self.broken.append(f"{environ['REQUEST_METHOD']} {path}: {type(problem).__name__}")
            raise
        status = answered[0]
        self.asked[status] = self.asked.get(status, 0) + 1
        if status >= 500:
            self.broken.append(f"{environ['REQUEST_METHOD']} {path}: {status}")
        if self._moved():
            before, self._before = self._before, self._rows()
            if status >= 400 and self._before != before:
                self.broken.append(f"{environ['REQUEST_METHOD']} {path}: {status}, and something was kept")
        return [said]

    def close(self) -> None:
        self._database.close()
        self.stage.close()

    def _key(self, path: str) -> str:
        """Of whoever may send the form that is nearest to this address."""
        parts = path.split("/")
        return next((key for n in range(6, 1, -1) if (key := self._keys.get("/".join(parts[:n])))), "")

    def _rows(self) -> list[str]:
        """All that is kept but for what refused requests are counted by."""
        return [row for row in self._database.iterdump() if not row.startswith(COUNTED)]

    def _moved(self) -> bool:
        """Has another connection written since this was asked the last time?"""
        seen, (self._seen,) = self._seen, self._database.execute("PRAGMA data_version").fetchone()
        return bool(seen != self._seen)


def _fields(session: Session) -> dict[str, list[str]]:
    said = {**session.fields, "csrf": session.csrf}
    return {name: list(value) if isinstance(value, list) else [value] for name, value in said.items()}


def _cookies(session: Session) -> str:
    jar = getattr(session.browser, "_cookies", {})
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in jar.values())
