"""Data folders destroyed in every way we could think of, and a portal killed at work to try it on."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from portal.bootstrap import build_to_serve
from portal.config import Config
from portal.engines.local import safekeeping
from tests.support.command_line import Run
from tests.support.stage import Stage

DATABASE = "portal.sqlite"
WHOLE = "Diperiksa: 2 permohonan, 5 peristiwa, 17 berkas. Tidak beres: 0.\n"
"""What ``verify --all`` says of it."""


def office_killed_at_work(root: Path) -> Path:
    """``data``, of a portal killed at work; ``backups``, of it as it was a case earlier, and once more; ``kunci``."""
    stage = Stage(root / "data")
    stage.case("confirm", "forward")
    stage.records._database.close()  # its log is taken into the file
    (root / "backups").mkdir()
    write(stage, root / "backups" / "satu.zip")
    stage.case("confirm")
    stage.draft(("ktp",))
    write(stage, root / "backups" / "dua.zip", "satu.zip")
    shutil.copytree(stage.data, root / "killed")
    stage.close()
    shutil.rmtree(stage.data)
    (root / "killed").rename(root / "data")
    shutil.copy(root / "data" / "kunci", root / "kunci")
    return root


def write(stage: Stage, target: Path, earlier: str = "") -> None:
    keys = (stage.data / "kunci").read_text().split()
    known = safekeeping.contents_of(target.with_name(earlier), keys) if earlier else None
    safekeeping.back_up(
        stage.data,
        stage.records.backup,
        target,
        made=stage.clock(),
        founder="penerbitan",
        keys=keys,
        earlier=known,
        told=lambda _: None,
        resumed=lambda _: None,
    )


def contents(data: Path) -> dict[str, bytes]:
    """All that a portal would look at."""
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file() and "pemulihan" not in path.parts and path.name != "dipakai"
    }


def config(data: Path) -> Config:
    return Config.from_environment({"SITE": str(data / "none")}, data=data, address="http://localhost", rehearsal=False)


def sound(run: Run, data: Path) -> None:
    checked = run("verify", "--all", data=data)
    assert (checked.exit_code, checked.output) == (0, WHOLE)
    assert not build_to_serve(config(data)).equipment.closed
    assert not (data / "pemulihan").exists()
    assert list(data.glob("rusak-*"))


def sql(data: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount != 0


def truncate(data: Path) -> None:
    settle(data)
    os.truncate(data / DATABASE, (data / DATABASE).stat().st_size // 2)


def settle(data: Path) -> None:
    """As after an orderly end: the log is in the file."""
    sql(data, "PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("-wal", "-shm"):
        (data / f"{DATABASE}{name}").unlink(missing_ok=True)


def overwrite(data: Path, offset: int, content: bytes) -> None:
    settle(data)
    with (data / DATABASE).open("r+b") as file:
        file.seek(offset)
        file.write(content)


def replace(data: Path, content: bytes) -> None:
    settle(data)
    (data / DATABASE).write_bytes(content)


def remove(data: Path) -> None:
    settle(data)
    (data / DATABASE).unlink()


def zero_pages(data: Path, first: int = 20, number: int = 12) -> None:
    overwrite(data, first * 4096, bytes(number * 4096))


def stale_log(data: Path) -> None:
    """What the words of an earlier day led to: an older copy, put over a database whose log is still there."""
    with closing(sqlite3.connect(data / DATABASE)) as live:
        live.isolation_level = None
        live.execute("PRAGMA synchronous = OFF")
        live.execute("CREATE TABLE filler (x PRIMARY KEY)")
        with closing(sqlite3.connect(data / "older")) as older:
            live.backup(older)
        for number in range(2000):  # so much that the log is begun anew
            live.execute("INSERT INTO filler VALUES (?)", (str(number) * 50,))
        logs = {end: (data / f"{DATABASE}{end}").read_bytes() for end in ("-wal", "-shm")}
    (data / "older").replace(data / DATABASE)
    for end, content in logs.items():
        (data / f"{DATABASE}{end}").write_bytes(content)


def a_document(data: Path) -> Path:
    return min((data / "berkas" / "applications").rglob("ktp/*@*"))


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def lose_log(data: Path) -> None:
    for end in ("-wal", "-shm"):
        (data / f"{DATABASE}{end}").unlink()


NOT_SERVED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "cut off": ("store_damaged", truncate),
    "no header": ("store_damaged", lambda data: overwrite(data, 0, bytes(100))),
    "zeroed pages": ("store_damaged", zero_pages),
    "another log": ("store_damaged", stale_log),
    "something else": ("store_damaged", lambda data: replace(data, b"PK\3\4" * 4096)),
    "emptied": ("store_missing", lambda data: replace(data, b"")),
    "gone": ("store_missing", remove),
    "only its log left": ("store_missing", lambda data: (data / DATABASE).unlink()),
}
"""What the start notices, and as what."""

TOLD: dict[str, Callable[[Path], object]] = {
    "log lost": lose_log,
    "document gone": lambda data: a_document(data).unlink(),
    "document changed": lambda data: append(a_document(data)),
    "document cut off": lambda data: os.truncate(a_document(data), 3),
    "documents gone": lambda data: shutil.rmtree(data / "berkas"),
    "event gone": lambda data: sql(data, "DELETE FROM event WHERE number = 2"),
    "event changed": lambda data: sql(data, "UPDATE event SET entry = replace(entry, '2026-11-23', '2026-11-22')"),
    "event unreadable": lambda data: sql(data, "UPDATE event SET entry = '' WHERE number = 1"),
    "answers changed": lambda data: sql(data, "UPDATE application SET body = replace(body, 'SITI', 'BUDI')"),
    "edition gone": lambda data: sql(data, "UPDATE application SET body = json_set(body, '$.sop_version', 'x')"),
    "a case gone": lambda data: sql(
        data, "DELETE FROM event", "DELETE FROM line", "DELETE FROM application WHERE ticket > ''"
    ),
}
"""What only ``verify --all`` can find."""
