"""What a rehearsal can be told to play: switches, and a store that refuses everything asked of it while one is on."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from portal.core.errors import Unavailable


class Switch:
    """On while its file is there, so that every process of the rehearsal has the same; by hand, too."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def is_on(self) -> bool:
        return self._file.exists()

    def turn(self, on: bool) -> None:
        if on:
            self._file.touch()
        else:
            self._file.unlink(missing_ok=True)


class Breakdown:
    """Stands before records or files, and passes on what is asked of them.

    Args:
        store: what it stands before.
        switch: the file of its switch; off at the start, as after any repair.
    """

    def __init__(self, store: Any, switch: Path) -> None:
        self._store, self._switch = store, Switch(switch)
        self.failing = False

    @property
    def failing(self) -> bool:
        """While it is, everything asked of the store raises Unavailable (``store_unavailable``)."""
        return self._switch.is_on

    @failing.setter
    def failing(self, value: bool) -> None:
        self._switch.turn(value)

    def close(self) -> None:
        """Whoever leaves may do so at any time."""
        self._store.close()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return self._guarded(found) if callable(found) else found

    def _guarded(self, asked: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(asked)
        def guarded(*args: Any, **named: Any) -> Any:
            if self.failing:
                raise Unavailable("store_unavailable")
            return asked(*args, **named)

        return guarded
