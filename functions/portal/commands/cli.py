"""``python -m portal ...``: serving, appointing officials, watching what is late, checking and backing up.

Exit codes: 0 as wished, 1 what was looked at is not in order, 2 it could not be done.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from portal.bootstrap import alarm, build_to_serve, faults, make, on_aws, open_house, own, rests, with_site
from portal.commands.authors import fits, service
from portal.commands.caseload import caseload
from portal.commands.checkup import doctor
from portal.commands.clerk import register
from portal.commands.keeping import backup, new_keys, restore, verify
from portal.commands.listed import as_json, facts_of, say_json
from portal.commands.officials import official
from portal.commands.persons import person
from portal.commands.rehearsing import month, rehearse
from portal.commands.relocating import move
from portal.config import Config
from portal.core.errors import PortalError, SettingInvalid, SopInvalid, Unavailable
from portal.editions import offered, read_language, read_messages, read_old, trusted_sop
from portal.engines.local.condition import Turn, examine, held
from portal.engines.local.supervision import READY, Watchdog, answers, tell
from portal.house import House, pages
from portal.web.bodies import room_for

LARGEST_BODY: Final = 80 * 1024**2
"""Bytes; far above the largest file, so that a person with a too large photo gets a page, not a reset."""


class Explaining(click.Group):
    """Commands whose refusals are told in words, never as a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except PortalError as problem:
            _explain(problem)
            sys.exit(2)
        except faults(os.environ) as problem:
            _refuse("engine_refused", problem=problem)


@click.group(
    cls=Explaining,
    commands={
        "register": register,
        "official": official,
        "person": person,
        "case": caseload,
        "rehearse": rehearse,
        "month": month,
        "service": service,
        "verify": verify,
        "backup": backup,
        "restore": restore,
        "move": move,
        "keys": new_keys,
        "doctor": doctor,
    },
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder of everything that must survive (DATA).")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """The portal of an office's services on one machine."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The machine's clock, unless whoever runs a command brings another.
    context.obj = {"clock": None, **(context.obj or {}), "data": data}


def _config(context: click.Context, **given: Any) -> Config:
    return Config.from_environment(os.environ, data=context.obj["data"], **given)


def _open(context: click.Context, *, begins: bool = False) -> House:
    """The portal to look after; ``begins``: for what may be the first thing that is ever done there."""
    return open_house(os.environ, context.obj["clock"], begins=begins, data=context.obj["data"])


def _say(key: str, *, err: bool = False, **facts: object) -> None:
    click.echo(read_messages()["cli"][key].format_map(facts), err=err)


def _refuse(key: str, **facts: object) -> NoReturn:
    _say(key, err=True, **facts)
    sys.exit(2)


def _explain(problem: PortalError) -> None:
    if isinstance(problem, SopInvalid):
        from portal.examination import in_words

        click.echo("\n".join(map(in_words, problem.problems)), err=True)
        return
    if problem.code in read_messages()["health"]:
        click.echo(read_messages()["health"][problem.code], err=True)
        return
    entry = read_messages()["errors"][problem.code]
    facts = {"file": "", "key": "", "value": "", "expected": "", **problem.facts}
    click.echo(f"{entry['title']}: {entry['sentence'].format_map(facts)}", err=True)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--address", help="Public address of the portal (ADDRESS).")
@click.option("--rehearsal", is_flag=True, default=None, help="Sample officials, mailbox, time machine; no real email.")
@click.option("--no-work", is_flag=True, help="Pages only: the clockwork runs elsewhere (work).")
@click.pass_context
def serve(
    context: click.Context, /, host: str, port: int, address: str | None, rehearsal: bool | None, *, no_work: bool
) -> None:
    """Serve the site, the forms and the clockwork, until interrupted or told to end (SIGTERM)."""
    if on_aws(os.environ):
        _refuse("only_here", command="serve")
    address = address or os.environ.get("ADDRESS")
    config = _config(context, address=address or f"http://localhost:{port}", rehearsal=rehearsal)
    if not (config.rehearsal or address):
        raise SettingInvalid("setting_missing", key="ADDRESS", expected="https://portal.example.go.id")
    config.must_reach_people()
    make(config.data)
    own(config)
    context.with_resource(held(config.data))
    house = build_to_serve(config, context.obj["clock"])
    run = _server(house, host, port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if house.equipment.closed:
        _explain(Unavailable(house.equipment.closed, value=config.data))
    _say("serving_rehearsal" if house.config.rehearsal else "serving", address=config.address)
    if config.lacks_proxy:
        _say("proxy_undeclared", err=True)
    tell(os.environ, READY)
    with (
        Watchdog(os.environ, partial(answers, host, port)),
        ExitStack() if no_work or house.equipment.closed else working(house, joins=False),
    ):
        run()


@main.command()
@click.pass_context
def work(context: click.Context) -> None:
    """The clockwork alone: emails, reminders, sweeps, until told to end; of several, all send and one does the rest."""
    if on_aws(os.environ):
        _refuse("only_here", command="work")
    config = _config(context)
    config.must_reach_people()
    examine(config.data)
    house = _open(context)
    context.with_resource(held(house.config.data))
    ended = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    _say("working", data=house.config.data)
    tell(os.environ, READY)
    with working(house):
        ended.wait()


CONNECTIONS: Final = 600
"""Open at one time; a browser keeps half a dozen. Beyond that nobody is let in before somebody leaves, so it is to be
more than an office has, and less than the 1,024 files that a process may commonly open."""

IDLE: Final = 60
"""Seconds after which a connection that says nothing is closed."""

THREADS: Final = 16


@contextmanager
def working(house: House, *, joins: bool = True) -> Iterator[None]:
    """The threads of the clockwork; once it ends, what they were at has been settled.

    Args:
        joins: whether it sends emails beside whoever has the turn, too.
    """
    from portal.background import Background, Returns

    inbox, office, turn = house.engine.inbox, house.office, Turn(house.config.data)

    def ours() -> bool:
        return turn() and not rests(house)

    def beside() -> bool:
        return joins and not rests(house)

    threads: list[Background | Returns] = [Background(house.outbox, house.clockwork, alarm(house), ours, beside)]
    if inbox:
        threads.append(Returns(inbox, office.records, office.clock, alarm(house, "inbox"), ours))
    for each in threads:
        each.start()
    try:
        yield
    finally:
        for each in threads:
            each.stop()
        turn.over()


def _server(house: House, host: str, port: int) -> Callable[[], None]:
    """What serves until it is told to end; listening already."""
    from portal.wire import serve as listen

    dynamic = pages(house)
    proxy = {"trusted_proxy": house.config.proxy, "trusted_proxy_headers": {"x-forwarded-for"}}
    believed: dict[str, Any] = proxy if house.config.proxy else {}
    try:
        server = listen(
            with_site(dynamic, house.config.site, house.config.address),
            room_for(dynamic),
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE,
            asyncore_use_poll=True,  # of more than a thousand files select knows nothing
            max_request_body_size=LARGEST_BODY,
            ident=None,
            **believed,
        )
    except OSError as problem:
        _refuse("port_unavailable", host=host, port=port, problem=problem.strerror)
    run: Callable[[], None] = server.run
    return run


@main.command()
@as_json
@click.pass_context
def late(context: click.Context, *, as_json: bool) -> None:
    """Cases past the SOP's minutes, waiting too long with whomever, or that nobody can act on, and why; 1 if any."""
    house = _open(context)
    waiting = house.watch.attention()
    moment = read_language(house.office.calendar).moment
    if as_json:
        say_json(facts_of(case, "ticket", "step", "office", "since", "minutes", "reason") for case in waiting)
        sys.exit(bool(waiting))
    for case in waiting:
        why = read_messages()["stuck"][case.reason]["said"].rstrip(".") if case.reason else ""
        _say("late_stuck" if case.reason else "late", **{**vars(case), "since": moment(case.since), "why": why})
    if not waiting:
        _say("late_none")
    sys.exit(bool(waiting))


@main.command("red-list")
@click.option("--again", is_flag=True, help="Try all that failed once more, given up or not, at the next round.")
@click.option("--done", metavar="TICKET", help="Take those about this ticket off the list: a person has told them.")
@as_json
@click.pass_context
def red_list(context: click.Context, done: str | None, *, again: bool, as_json: bool) -> None:
    """Emails that did not arrive and need a person; 1 if any are left that are not tried again."""
    outbox = _open(context).outbox
    if done:
        _say("red_done", err=as_json, number=outbox.drop(done))
    red = outbox.red_list()
    if as_json:
        say_json(facts_of(each, "about", "letter", "recipient", "problem", "queued_at", "hopeless") for each in red)
    else:
        for notice in red:
            _say("red", about=notice.about, letter=notice.letter, recipient=notice.recipient, problem=notice.problem)
        if not red:
            _say("red_none")
    if again:
        _say("red_again", err=as_json, number=outbox.try_again())
    sys.exit(bool(red) and not again)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--against", metavar="OLD", help="Folder, snapshot or version of before: what changes for running cases.")
@click.pass_context
def check(context: click.Context, folder: Path | None, against: str) -> None:
    """Check the folders of all services, or one, and say everything in them that does not fit, with file and line."""
    from portal.core.sop import restore
    from portal.examination import compared

    config = _config(context)
    folders = [folder] if folder else offered(config.schemas, config.services)
    found = [fits(each) for each in folders]  # all of them are told of
    if not all(found):
        sys.exit(1)
    if against:
        editions = [trusted_sop(each) for each in folders]
        if Path(against).exists():
            old = read_old(Path(against), editions[0])
        else:  # a version that cases run under, as the records keep it
            old = restore(_open(context).office.records.sop(against), editions[0])
        click.echo(compared(old, next((each for each in editions if each.service == old.service), editions[0])))
