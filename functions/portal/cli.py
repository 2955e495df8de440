"""``python -m portal ...``: serving, appointing officials, watching what is late, checking and backing up."""

import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal import web
from portal.bootstrap import Config, House, open_house, read_sop, wsgi
from portal.errors import PortalError, SopInvalid
from portal.notices import Official


@click.group()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of everything that must survive (DATA).")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """The portal of one service on one machine."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    context.obj = {"data": data}


def _config(context: click.Context, **given: Any) -> Config:
    return Config.from_environment(os.environ, data=context.obj["data"], **given)


def _say(key: str, **facts: object) -> None:
    click.echo(web.read_messages()["cli"][key].format_map(facts))


def _open(context: click.Context, **given: Any) -> House:
    try:
        return open_house(os.environ, data=context.obj["data"], **given)
    except SopInvalid as problem:
        _explain(problem)
        sys.exit(2)


def _explain(problem: SopInvalid) -> None:
    entry = web.read_messages()["errors"][problem.code]
    facts = {"file": "", "key": "", "value": "", "expected": "", **problem.facts}
    click.echo(f"{entry['title']}: {entry['sentence'].format_map(facts)}", err=True)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--address", help="Public address of the portal (ADDRESS).")
@click.option("--rehearsal", is_flag=True, default=None, help="Sample officials, mailbox, time machine; no real email.")
@click.pass_context
def serve(context: click.Context, host: str, port: int, address: str | None, rehearsal: bool | None) -> None:
    """Serve the site, the forms and the clockwork."""
    from waitress import create_server

    from portal.background import Background

    address = address or os.environ.get("ADDRESS") or f"http://localhost:{port}"
    house = _open(context, address=address.rstrip("/"), rehearsal=rehearsal)
    # The largest body is far above the largest file, so that a person with a too large photo gets a page, not a reset.
    server = create_server(wsgi(house), host=host, port=port, threads=8, max_request_body_size=80 * 1024**2, ident=None)
    background = Background(house.clockwork)
    background.start()
    _say("serving_rehearsal" if house.config.rehearsal else "serving", address=address)
    try:
        server.run()
    finally:
        background.stop()


@main.group()
def official() -> None:
    """Who serves in which role."""


@official.command("list")
@click.pass_context
def list_officials(context: click.Context) -> None:
    """All appointments, oldest first."""
    house = _open(context)
    for appointed in house.portal.records.officials():
        actor = appointed.as_actor(house.portal.sop)
        facts = {"office": actor.office, "name": appointed.name, "email": appointed.email, "decree": appointed.decree}
        _say("official", **facts, since=appointed.since or "…", until=appointed.until or "…")


@official.command()
@click.option("--role", required=True)
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--number", default="", help="NIP.")
@click.option("--capacity", type=click.Choice(["", "Plt.", "Plh."]), default="")
@click.option("--decree", default="", help="Number of the surat perintah.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]))
@click.pass_context
def appoint(context: click.Context, /, since: datetime | None, until: datetime | None, **given: str) -> None:
    """Appoint somebody, for good or for a time; what already waits for the role is announced to the new person."""
    house = _open(context)
    try:
        house.portal.sop.role(given["role"])
    except PortalError:
        _say("role_unknown", roles=", ".join(role.key for role in house.portal.sop.roles))
        sys.exit(2)
    appointed = Official(**given, since=since.date() if since else None, until=until.date() if until else None)
    told = house.portal.appoint(appointed)
    _say("appointed", name=appointed.name, office=appointed.as_actor(house.portal.sop).office, told=told)


@main.command("red-list")
@click.pass_context
def red_list(context: click.Context) -> None:
    """Emails that did not arrive and need a person."""
    red = _open(context).clockwork.red_list()
    for notice in red:
        _say("red", about=notice.about, letter=notice.letter, recipient=notice.recipient, problem=notice.problem)
    if not red:
        _say("red_none")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.pass_context
def check(context: click.Context, folder: Path | None) -> None:
    """Check a service's SOP file (SERVICE), and say which key does not fit."""
    folder = folder or _config(context).service
    try:
        edition = read_sop(folder)
    except SopInvalid as problem:
        _explain(problem)
        sys.exit(1)
    _say("sop_fits", service=edition.service, steps=len(edition.steps), version=edition.version[:12])


@main.command()
@click.argument("ticket")
@click.pass_context
def verify(context: click.Context, ticket: str) -> None:
    """Verify the hash chain of one case."""
    house = _open(context)
    application = house.portal.find(ticket)
    damage = application.first_damage()
    _say(
        "chain_broken" if damage else "chain_holds",
        ticket=application.ticket,
        number=damage,
        events=application.version,
    )
    sys.exit(1 if damage else 0)


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_context
def backup(context: click.Context, target: Path) -> None:
    """Copy the database, consistent at this moment, while the portal runs; copy the data folder's files after it."""
    records: Any = _open(context).portal.records
    records.backup(target)
    _say("backed_up", target=target)
