"""``python -m portal person ...``: what is kept about one person, for whoever is asked for it; and who took it out."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from portal.bootstrap import open_house
from portal.core.application import Actor
from portal.editions import read_language, read_messages
from portal.engines.local.database import private


@click.group()
def person() -> None:
    """What is kept about one person."""


def operator(messages: Mapping[str, Any], environ: Mapping[str, str]) -> Actor:
    """Whoever works on the machine: the account's name, also behind sudo; empty where it has none."""
    name = next((environ[each] for each in ("SUDO_USER", "USER", "LOGNAME") if environ.get(each)), "")
    return Actor("machine", name, messages["handouts"]["machine"])


@person.command()
@click.argument("who")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--files/--no-files", default=True, help="With the documents that are still kept.")
@click.pass_context
def export(context: click.Context, who: str, target: Path, *, files: bool) -> None:
    """Write all of it as a ZIP, readable by its owner only; WHO is a ticket, NIK, NIP or address."""
    house = open_house(os.environ, context.obj["clock"], begins=False, data=context.obj["data"])
    messages, language = read_messages(), read_language(house.office.calendar)
    dossier = house.dossiers.find(who)
    if dossier.is_empty:
        click.echo(messages["cli"]["dossier_none"].format(who=who))
        return
    house.handouts.person(dossier, operator(messages, os.environ))
    content = house.dossiers.packed(dossier, messages["dossier"], language, files=files)
    private(target).write_bytes(content)
    numbers = {"cases": len(dossier.cases), "drafts": len(dossier.drafts), "files": len(dossier.documents)}
    said = messages["cli"]["dossier_written"]
    click.echo(said.format(who=who, target=target, entries=len(dossier.certificates), **numbers))


@person.command("log")
@click.pass_context
def log(context: click.Context) -> None:
    """Who took personal data out, and when; the newest first."""
    house = open_house(os.environ, context.obj["clock"], begins=False, data=context.obj["data"])
    messages, moment = read_messages(), read_language(house.office.calendar).moment
    words, taken = messages["cli"], house.handouts.newest()
    for each in taken:
        of = ", ".join(each.tickets) or words["handout_number"].format(number=each.number)
        facts = {"name": each.name or "–", "office": each.office, "what": messages["handouts"][each.what], "of": of}
        click.echo(words["handout"].format(at=moment(each.at), **facts))
    if not taken:
        click.echo(words["handout_none"])
