"""What a rehearsal lets fail: a store that refuses everything asked of it while its switch is on."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from portal.core.errors import Unavailable


class Breakdown:
    """Stands before records or files, and passes on what is asked of them.

    Args:
        store: what it stands before.
        switch: a file, so that every process of the rehearsal has the same; off at the start, as after any repair.
    """

    def __init__(self, store: Any, switch: Path) -> None:
        self._store, self._switch = store, switch
        self.failing = False

    @property
    def failing(self) -> bool:
        """While it is, everything asked of the store raises Unavailable (``store_unavailable``)."""
        return self._switch.exists()

    @failing.setter
    def failing(self, value: bool) -> None:
        if value:
            self._switch.touch()
        else:
            self._switch.unlink(missing_ok=True)

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
