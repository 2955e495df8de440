"""``python -m portal register ...``: what has been issued, listed, taken in from a spreadsheet and written to one."""

import os
import sys
from pathlib import Path

import click

from portal.bootstrap import open_house
from portal.commands.keeping import progress
from portal.commands.listed import as_json, facts_of, say_json
from portal.commands.persons import operator
from portal.core.errors import DocumentRefused
from portal.core.handouts import REGISTER
from portal.editions import read_messages
from portal.engines.local.database import private
from portal.house import House
from portal.importing import Importing, exported
from portal.tables import read


@click.group()
def register() -> None:
    """What has been issued, to whom, and whether it still stands; personal data, for the clerk only."""


@register.command("list")
@click.option("--service", default="", help="Key of the service; the first one by default.")
@click.option("--standing", default="", help="valid, expiring, expired, revoked or replaced.")
@as_json
@click.pass_context
def list_entries(context: click.Context, service: str, standing: str, *, as_json: bool) -> None:
    """All entries, the next to end first."""
    kept = _open(context)
    entries = kept.register.find(service or kept.office.services.first.service, standing=standing)
    if as_json:
        names = ("id", "name", "number", "office", "serial", "valid_until")
        say_json({**facts_of(each, *names), "standing": kept.register.standing(each).value} for each in entries)
        return
    words = read_messages()["register"]["standings"]
    for entry in entries:
        said = {**vars(entry), "until": entry.valid_until or "…", "standing": words[kept.register.standing(entry)]}
        _say("register_entry", **said)
    if not entries:
        _say("register_none")


@register.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--service", default="", help="Key of the service; the first one by default.")
@click.pass_context
def import_entries(context: click.Context, file: Path, service: str) -> None:
    """Take in what was issued before the portal, from CSV or XLSX: all lines, or none if one is wrong.

    Cut short, the same command goes on with what is left.
    """
    kept = _open(context, begins=True)
    key, importing = service or kept.office.services.first.service, Importing(kept.register)
    plan = importing.plan(key, read(_content(file)))
    for problem in plan.problems:
        _say("register_problem", **vars(problem))
    if plan.problems:
        _say("register_refused", number=len(plan.problems))
        sys.exit(1)
    with progress("import", len(plan.new)) as told:
        number = importing.take_in(plan, told)
    if plan.resumed:
        _say("register_resumed", resumed=plan.resumed)
    _say("register_imported", number=number, known=plan.known)


@register.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--service", default="", help="Key of the service; the first one by default.")
@click.pass_context
def export_entries(context: click.Context, target: Path, service: str) -> None:
    """Write the register as CSV, readable by its owner only."""
    kept = _open(context)
    entries = kept.register.entries(service or kept.office.services.first.service)
    kept.handouts.listed(REGISTER, len(entries), operator(read_messages(), os.environ))
    private(target).write_text(exported(kept.register, entries, read_messages()["register"]), "utf-8")
    _say("register_exported", number=len(entries), target=target)


def _open(context: click.Context, *, begins: bool = False) -> House:
    return open_house(os.environ, context.obj["clock"], begins=begins, data=context.obj["data"])


def _say(key: str, **facts: object) -> None:
    click.echo(read_messages()["cli"][key].format_map(facts))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise DocumentRefused("table_unreadable") from problem
