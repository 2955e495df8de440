"""A new service's folder: what it takes to pass the check and to run, with a word on each part.

Only lays files down; the office's list of services is its own to change.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from portal.core.errors import SettingInvalid

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")

TAKEN: Final = ("lanjut", "orang_lain")
"""Parts of the portal's own addresses, which no service can be called by."""


def begin_service(schemas: Path, name: str, prefixes: Sequence[str]) -> Path:
    """Make ``schemas/<name>``; returns it.

    Args:
        prefixes: beginnings of tickets that are taken.

    Raises:
        SettingInvalid: no name for a service (``service_name_invalid``), or the folder is there (``service_there``).
    """
    folder = schemas / name
    if not NAME.fullmatch(name) or name in TAKEN:
        raise SettingInvalid("service_name_invalid", value=name)
    if folder.exists():
        raise SettingInvalid("service_there", value=str(folder))
    facts = {"service": name, "title": name.replace("_", " ").capitalize(), "prefix": _prefix(name, prefixes)}
    folder.mkdir()
    for file in sorted(Path(__file__).with_name("skeleton").iterdir()):
        text = file.read_text("utf-8")
        for key, fact in facts.items():
            text = text.replace(f"{{{key}}}", fact)
        (folder / file.name).write_text(text, "utf-8")
    return folder


def _prefix(name: str, taken: Sequence[str]) -> str:
    """The name's own letters, as few as tell it from the others."""
    letters = (re.sub("[^a-z]", "", name) + "xxx").upper()
    wanted = [letters[:3], letters[:4], letters[:5], *(f"{letters[:2]}{chr(each)}" for each in range(65, 91))]
    return next(prefix for prefix in wanted if prefix not in taken)
