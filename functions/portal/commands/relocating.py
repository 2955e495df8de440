"""``python -m portal move``: all that is kept, from this machine to AWS or back."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import click

from portal.bootstrap import CLOCK, MAILBOX, TimeMachine, build, is_begun, is_free, keys, make, own
from portal.commands.keeping import progress
from portal.config import Config
from portal.core.errors import NotMoved, SettingInvalid
from portal.editions import read_messages
from portal.engines.local import exchange, journal
from portal.engines.local.condition import DATABASE, DOCUMENTS, examine, held
from portal.engines.local.database import private
from portal.house import House
from portal.relocation import End, Relocation
from portal.usecases.stocktaking import Stocktaking, Tally

AWS: Final = "aws"
LOCAL: Final = "local"

PATIENCE: Final = 60
"""Seconds for an answer of AWS, as a whole page of the table may come over an office's own line."""


@click.command()
@click.option("--to", type=click.Choice([AWS, LOCAL]), required=True, help="Where everything is to go.")
@click.option("--give-up", is_flag=True, help="Open the source again, and empty what was filled so far.")
@click.pass_context
def move(context: click.Context, to: str, *, give_up: bool) -> None:
    """Take everything that is kept to the other engine: records, documents, numbers, officials, unsent emails, keys.

    The variables of both are needed: DATA, and TABLE, DOCUMENT_BUCKET, LINK_KEYS_PARAMETER as for ENGINE=aws. The
    source is read-only meanwhile and stays so. Cut short, the same command goes on where it was.
    """
    from portal.bootstrap_aws import AwsConfig

    logging.getLogger("botocore").setLevel(logging.WARNING)  # where it found its settings is nobody's question here
    there = AwsConfig.from_environment(os.environ)
    there.must_be_complete()
    here = Config.from_environment(os.environ, data=context.obj["data"], rehearsal=False)
    with _folder(here, to), journal.alone(here.data):
        _move(context, here, there, to, give_up=give_up)


def _move(context: click.Context, here: Config, there: Any, to: str, *, give_up: bool) -> None:
    from portal.bootstrap_aws import Clients, build_aws, keep_keys, read_keys
    from portal.engines.aws.moving import SETTLED

    rehearsed = (here.data / MAILBOX).exists()
    clock = context.obj["clock"] or (TimeMachine(here.data / CLOCK).now if rehearsed else lambda: datetime.now(UTC))
    pause = context.obj.get("pause") or time.sleep
    clients, name = Clients(PATIENCE), there.link_keys_parameter
    noted = journal.FolderJournal(here.data, {"to": to, "table": there.table, "bucket": there.document_bucket}, clock())
    if to == LOCAL and not give_up:
        noted.keep()  # before anything is in the folder, which is free no more then
    if to == LOCAL and not (here.data / exchange.KEYS).exists():
        _write_keys(here.data / exchange.KEYS, read_keys(clients, name))

    def hand_over_keys() -> None:
        if to == AWS:
            ours = keys(here.data / exchange.KEYS)
            theirs = [key for key in read_keys(clients, name) if key not in ours]
            keep_keys(clients, name, [*theirs, *ours])

    home = build(here, clock, moving=True)
    local = _end(home, lambda: None)
    on_aws = build_aws(there, clock, clients, latched=False)

    def settle() -> None:
        _wait(pause, SETTLED)
        if on_aws.deletions:
            on_aws.deletions.carry_out()  # so that nothing is taken along that is to go
        on_aws.archive.place()  # so that no case has two lines

    cloud = _end(on_aws, settle)
    source, target = (local, cloud) if to == AWS else (cloud, local)
    relocation = Relocation(source, target, noted, progress, hand_over_keys)
    if give_up:
        relocation.give_up()
        noted.forget()
        if to == LOCAL:
            _leave_free(here.data, home, clock())
        _say("move_given_up")
        return
    if noted.is_checked:
        _say("move_resumed")
    try:
        found = relocation.run()
    except NotMoved:
        if to == AWS and not noted.is_marked:
            noted.forget()  # nothing was begun, so that it may go elsewhere; a folder to be filled is kept for this one
        raise
    noted.forget()
    counts = noted.sums.counts
    _say(
        "moved", cases=found.cases, documents=found.documents, pieces=noted.sums.number, emails=counts.get("notice", 0)
    )
    _say(f"moved_{to}")


def _end(house: House, settle: Callable[[], object]) -> End:
    def check() -> Tally:
        stocktaking = Stocktaking(house.office, house.erasing)
        tickets = stocktaking.tickets()
        with progress("verify", len(tickets)) as told:
            tally = stocktaking.of_all(_counted(tickets, told))
        for each in tally.amiss:
            _say(each.what, **vars(each))
        return tally

    return End(cast("Any", house.office.records), cast("Any", house.office.files), check, settle)


def _counted(tickets: list[str], told: Callable[[int], object]) -> Iterator[str]:
    for ticket in tickets:
        yield ticket
        told(1)


@contextmanager
def _folder(here: Config, to: str) -> Iterator[None]:
    """The data folder, which is whole if it is left and free if it is filled."""
    with ExitStack() as kept:
        if to == LOCAL:
            make(here.data)
            own(here)
            if not (is_free(here.data) or journal.is_begun(here.data)):
                raise NotMoved("move_target_full")
            kept.enter_context(held(here.data, alone=True))
        else:
            if not is_begun(here.data):
                raise SettingInvalid("data_without_portal", key="DATA", value=str(here.data), expected=DATABASE)
            examine(here.data, wholly=True)
            kept.enter_context(held(here.data))
        yield


def _leave_free(data: Path, home: House, now: datetime) -> None:
    """The folder was free before, and is again, unless somebody keeps something there by now."""
    records: Any = home.office.records
    is_empty = all(piece.kind in ("founder", "sop") for page, _ in records.pages("", now) for piece in page)
    records.close()
    if is_empty:
        for path in data.glob(f"{DATABASE}*"):
            path.unlink()
        for path in sorted((data / DOCUMENTS).rglob("*"), reverse=True):
            with suppress(OSError):  # one that is not empty stays
                path.rmdir()
        with suppress(OSError):
            (data / DOCUMENTS).rmdir()


def _write_keys(path: Path, found: list[str]) -> None:
    if not found:
        raise SettingInvalid("setting_missing", key="LINK_KEYS_PARAMETER", expected="[A-Za-z0-9_-]{64}")
    unfinished = private(path.with_name(f".{path.name}.move"))
    unfinished.write_text("\n".join(found) + "\n", "utf-8")
    unfinished.replace(path)


def _wait(pause: Callable[[float], object], seconds: float) -> None:
    _say("move_waits", seconds=int(seconds))
    pause(seconds)


def _say(key: str, **facts: object) -> None:
    click.echo(read_messages()["cli"][key].format_map(facts))
