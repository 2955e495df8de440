"""``python -m portal person ...``: what is kept about one person, for whoever is asked for it."""

import os
from pathlib import Path

import click

from portal.bootstrap import open_house
from portal.editions import read_language, read_messages
from portal.engines.local.database import private


@click.group()
def person() -> None:
    """What is kept about one person."""


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
    content = house.dossiers.packed(dossier, messages["dossier"], language, files=files)
    private(target).write_bytes(content)
    numbers = {"cases": len(dossier.cases), "drafts": len(dossier.drafts), "files": len(dossier.documents)}
    said = messages["cli"]["dossier_written"]
    click.echo(said.format(who=who, target=target, entries=len(dossier.certificates), **numbers))
