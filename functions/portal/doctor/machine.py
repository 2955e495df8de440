"""The machine itself: disk, owners and modes of what is kept, clock, backups, and whether the site is this portal's."""

import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from portal.doctor.findings import Finding, bad, good, noted

SCARCE: Final = 2 * 1024**3
"""Bytes: an erasure, an upgrade or a backup on the same disk needs about as much as the database is large."""

STALE: Final = timedelta(hours=30)
"""A backup of each night may be so old."""

SECRETS: Final = ("SMTP_PASSWORD_FILE", "BOUNCES_PASSWORD_FILE")


def disk(data: Path) -> Finding:
    """Is there room?"""
    free = shutil.disk_usage(data).free
    facts = {"folder": data, "free": round(free / 1024**3, 1)}
    return good("disk", "disk_free", **facts) if free >= SCARCE else bad("disk", "disk_scarce", **facts)


def owners(data: Path) -> Finding:
    """Does all that is kept belong to the owner of the folder, and can nobody else read it?"""
    owner = data.stat().st_uid
    for path in (data, *_below(data)):
        found = path.lstat()
        if found.st_uid != owner:
            return bad("owners", "owner_other", path=path, owner=user_name(found.st_uid), wanted=user_name(owner))
        if stat.S_IMODE(found.st_mode) & 0o077 and path.parent in (data, data.parent):
            return bad("owners", "mode_open", path=path)
    return good("owners", "owner_one", owner=user_name(owner))


def secrets(environ: Mapping[str, str]) -> Finding:
    """Can everybody read a file that holds a password?"""
    for path in (Path(environ[name]) for name in SECRETS if environ.get(name)):
        if path.stat().st_mode & stat.S_IROTH:
            return bad("secrets", "secret_open", path=path)
    return good("secrets", "secrets_closed")


def clock(is_set: bool | None) -> Finding:
    """Is the machine's clock set by others? None: nobody here knows."""
    if is_set is None:
        return noted("clock", "clock_unknown")
    return good("clock", "clock_set") if is_set else bad("clock", "clock_alone")


def clock_is_set() -> bool | None:
    """What systemd says of it; None without systemd."""
    try:
        command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]  # by whichever service
        said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(said.stdout.strip())


def backups(folder: Path | None, now: datetime) -> Finding:
    """Is the newest ZIP in the folder young enough?"""
    if folder is None:
        return noted("backups", "backups_unknown")
    try:
        made = [datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) for path in folder.glob("*.zip")]
    except OSError:
        made = []
    if not made:
        return bad("backups", "backups_none", folder=folder)
    facts = {"folder": folder, "hours": int((now - max(made)) / timedelta(hours=1))}
    return (
        good("backups", "backups_young", **facts)
        if now - max(made) <= STALE
        else bad("backups", "backups_stale", **facts)
    )


def site(folder: Path | None, address: str) -> Finding:
    """Was the site built for this address? Its papers and pages bear it."""
    try:
        page = (folder / "index.html").read_text("utf-8") if folder else ""
    except OSError:
        page = ""
    if not page:
        return bad("site", "site_none", folder=folder, address=address)
    found = re.search(r'<link rel="canonical" href="([^"]+?)/?"', page)
    built = found[1] if found else ""
    if built != address:
        return bad("site", "site_other", built=built or "…", address=address)
    return good("site", "site_ours", address=address)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))


def user_name(user: int) -> str:
    """What the machine calls a user; the number of one that it does not know."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
