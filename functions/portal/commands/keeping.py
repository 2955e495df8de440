"""``python -m portal verify|backup|restore``: whether what is kept is whole, copying it, and putting it back."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from portal.bootstrap import build, is_begun, keys, make, on_aws, open_house, own
from portal.config import Config
from portal.core.errors import NotRestored, SettingInvalid, Unavailable
from portal.core.ticket import parse
from portal.editions import read_language, read_messages
from portal.engines.local import exchange
from portal.engines.local.condition import (
    AT_WORK,
    DATABASE,
    DOCUMENTS,
    RESTORED,
    alone,
    examine,
    examine_database,
    held,
)
from portal.engines.local.database import private
from portal.engines.local.records import SqliteRecords
from portal.engines.local.safekeeping import Contents, back_up, contents_of, documents, unpack
from portal.usecases.stocktaking import Stocktaking, Tally

SUFFIX: Final = ".zip"

TOLD: Final = 128
"""What shells add to a signal's number for the exit code of whoever was told by it to end."""


@click.command()
@click.argument("ticket", required=False)
@click.option("--all", "whole", is_flag=True, help="Every case, every document, and the database itself.")
@click.pass_context
def verify(context: click.Context, ticket: str | None, *, whole: bool) -> None:
    """Verify the hash chain of one case, and its files against it; or of all."""
    if whole == bool(ticket):
        raise click.UsageError("TICKET or --all")
    if whole and not on_aws(os.environ):
        _examine(Config.from_environment(os.environ, data=context.obj["data"]).data)
    house = open_house(os.environ, context.obj["clock"], data=context.obj["data"])
    stocktaking = Stocktaking(house.office, house.erasing)
    if ticket:
        tally = Tally()
        stocktaking.of(parse(ticket), tally)
        if tally.events:
            _say("chain_holds", ticket=parse(ticket), events=tally.events)
        _tell(tally)
        sys.exit(bool(tally.amiss))
    tally = _take_stock(stocktaking)
    _tell(tally)
    strays = [] if on_aws(os.environ) else _strays(house.config.data, stocktaking)
    for name in strays:
        _say("stray", ticket=name)
    _say("stock_taken", **{**vars(tally), "amiss": len(tally.amiss) + len(strays)})
    sys.exit(bool(tally.amiss or strays))


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--whole", is_flag=True, help="All documents again, also those that an earlier backup holds.")
@click.option("--keys", "key_file", type=click.Path(path_type=Path), help="Copy the keys as well, to this file.")
@click.pass_context
def backup(context: click.Context, target: Path, *, whole: bool, key_file: Path | None) -> None:
    """Write what is kept into one ZIP while the portal runs: TARGET, or a new name in the folder TARGET.

    Documents that the newest backup beside it holds are not written again, nor those that one which was cut short has
    written there. The keys are not in it.
    """
    # On AWS nothing is opened to say so.
    given = {"data": context.obj["data"], "rehearsal": False}  # what a rehearsal can let fail is in nobody's way here
    house = None if on_aws(os.environ) else open_house(os.environ, context.obj["clock"], **given)
    records = house.office.records if house else None
    if house is None or not isinstance(records, SqliteRecords):
        _refuse("only_here", command="backup")
    made, data = (context.obj["clock"] or _now)(), house.config.data
    secret = keys(data / exchange.KEYS)
    if not target.is_dir() and target.suffix != SUFFIX:
        _refuse("backup_nowhere", target=target)  # as where a disk is not mounted
    if target.is_dir():
        target = target / f"portal-{made.astimezone(UTC):%Y%m%d-%H%M%S}{SUFFIX}"
    with alone(data, lambda: _say("backup_waits")), progress("backup", _size(data)) as told:
        written = back_up(
            data,
            records.backup,
            target,
            made=made,
            founder=records.founder,
            keys=secret,
            earlier=None if whole else _newest(target, secret),
            told=told,
            resumed=lambda number: _say("backup_resumed", documents=number),
        )
    fresh = sum(item.archive == target.name for item in written.documents.values())
    _say("backed_up", target=target, documents=len(written.documents), fresh=fresh)
    if fresh < len(written.documents):
        _say("backed_up_upon")
    if key_file:
        private(key_file).write_text("\n".join(secret) + "\n", "utf-8")
        _say("keys_copied", target=key_file)
    else:
        _say("keys_apart", source=data / exchange.KEYS)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--keys", "key_file", type=click.Path(path_type=Path), help="The keys' copy, if the folder's are gone.")
@click.option("--new-keys", is_flag=True, help="Nobody has the keys any more: links sent so far will not work.")
@click.pass_context
def restore(context: click.Context, source: Path, *, key_file: Path | None, new_keys: bool) -> None:
    """Put a backup back: into a fresh place first, checked there, then in the place of what the data folder holds.

    What was there is kept aside. The portal has to be stopped. Cut short, the same command takes it up again.
    """
    if on_aws(os.environ):
        _refuse("only_here", command="restore")
    config = Config.from_environment(os.environ, data=context.obj["data"])
    make(config.data)
    own(config)
    if not _is_a_portals(config.data):
        raise SettingInvalid("data_without_portal", key="DATA", value=str(config.data), expected=DATABASE)
    with held(config.data, alone=True):
        if exchange.is_pending(config.data):
            _say("restore_resumed")
        else:
            _prepare(context, config, source, None if new_keys else _keys_of(config.data, key_file))
        aside = exchange.exchange(config.data)
        _say("restored_aside" if aside else "restored_alone", aside=aside)


def _prepare(context: click.Context, config: Config, source: Path, secret: list[str] | None) -> None:
    """The backup into the fresh place, whole and proven. Raises NotRestored."""
    clock, fresh = context.obj["clock"] or _now, config.data / RESTORED
    contents = contents_of(source, secret)
    fresh.mkdir(mode=0o700, exist_ok=True)
    for left in fresh.glob(f"{DATABASE}*"):
        left.unlink()
    with progress("restore", sum(item.size for item in (contents.database, *contents.documents.values()))) as told:
        unpack(source, contents, fresh, told)
    examine_database(fresh / DATABASE)
    if secret is None:
        keys(fresh / exchange.KEYS)
    else:
        private(fresh / exchange.KEYS).write_text("\n".join(secret) + "\n", "utf-8")
    tally, moment = _check(replace(config, data=fresh), clock)
    if tally.amiss:
        _tell(tally)
        raise NotRestored("backup_amiss", number=len(tally.amiss), value=str(source))
    exchange.ready(config.data, f"{clock().astimezone(UTC):%Y%m%d-%H%M%S}")
    _say("restored", made=moment(datetime.fromisoformat(contents.made)), cases=tally.cases, documents=tally.documents)


@click.command("keys")
@click.option("--new", is_flag=True, required=True, help="Nobody has them any more: links sent so far will not work.")
@click.pass_context
def new_keys(context: click.Context, *, new: bool) -> None:
    """Make the keys that sign links where they are lost, and no copy of them is found."""
    if on_aws(os.environ):
        _refuse("only_here", command="keys")
    config = Config.from_environment(os.environ, data=context.obj["data"])
    if not is_begun(config.data):
        raise SettingInvalid("data_without_portal", key="DATA", value=str(config.data), expected=DATABASE)
    own(config)
    path = config.data / exchange.KEYS
    if path.exists():
        _refuse("keys_there", source=path)
    keys(path)
    _say("keys_made", source=path)


def _size(data: Path) -> int:
    """About how many bytes there are; what is deleted meanwhile is no matter."""
    size = (data / DATABASE).stat().st_size
    for name in documents(data):
        with suppress(FileNotFoundError):
            size += (data / DOCUMENTS / name).stat().st_size
    return size


def _is_a_portals(data: Path) -> bool:
    """Or nobody's yet: whoever names a wrong folder is not to find a portal in it."""
    names = {entry.name for entry in data.iterdir()} - {"lost+found", AT_WORK}
    return not names or bool(names & {DATABASE, DOCUMENTS, exchange.KEYS, RESTORED})


def _examine(data: Path) -> None:
    """Before anything opens it: whoever closes a database takes a log into it that may be another one's."""
    try:
        examine(data, wholly=True)
    except Unavailable as problem:
        click.echo(read_messages()["health"][problem.code])
        sys.exit(1)


def _check(config: Config, clock: Any) -> tuple[Tally, Callable[[datetime], str]]:
    """What is there, and how the office says a moment."""
    house = build(replace(config, rehearsal=False), clock)
    try:
        return _take_stock(Stocktaking(house.office, house.erasing)), read_language(house.office.calendar).moment
    finally:
        if isinstance(house.office.records, SqliteRecords):
            house.office.records.close()  # the last connection takes the log into the file


def _take_stock(stocktaking: Stocktaking) -> Tally:
    tickets = stocktaking.tickets()
    with progress("verify", len(tickets)) as told:
        return stocktaking.of_all(_counted(tickets, told))


def _counted(tickets: Sequence[str], told: Any) -> Iterator[str]:
    for ticket in tickets:
        yield ticket
        told(1)


def _strays(data: Path, stocktaking: Stocktaking) -> list[str]:
    """Tickets that documents lie under and no case has: what is left where a case is lost."""
    folder = data / DOCUMENTS / "applications"
    lying = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    return sorted(lying - set(stocktaking.tickets()))


def _newest(target: Path, secret: Sequence[str]) -> Contents | None:
    """The newest backup of this portal beside the target whose own parts are all still there."""
    for path in sorted(target.parent.glob(f"*{SUFFIX}"), key=lambda each: each.stat().st_mtime, reverse=True):
        try:
            contents = contents_of(path, secret)
        except NotRestored:
            continue
        if path != target and all(
            target.with_name(name).is_file() and name != target.name
            for name in {item.archive for item in contents.documents.values()}
        ):
            return contents
    return None


def _keys_of(data: Path, key_file: Path | None) -> list[str]:
    path = key_file or data / exchange.KEYS
    if not path.is_file():
        raise NotRestored("keys_missing", value=str(path))
    return keys(path)


@contextmanager
def progress(key: str, length: int) -> Iterator[Any]:
    """How far it is, on a terminal; nothing of it in a log. Told to end, it ends as after an error: nothing is half."""
    label = read_messages()["cli"][f"progress_{key}"]

    def end(number: int, _: object) -> NoReturn:
        click.echo(err=True)  # behind the bar
        click.echo(read_messages()["cli"]["interrupted"], err=True)
        sys.exit(TOLD + number)

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        with click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            yield bar.update
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _tell(tally: Tally) -> None:
    for each in tally.amiss:
        _say(each.what, **vars(each))


def _say(key: str, **facts: object) -> None:
    click.echo(read_messages()["cli"][key].format_map(facts))


def _refuse(key: str, **facts: object) -> NoReturn:
    click.echo(read_messages()["cli"][key].format_map(facts), err=True)
    sys.exit(2)


def _now() -> datetime:
    return datetime.now(UTC)
