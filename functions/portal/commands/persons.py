"""``python -m portal person ...``: what is kept about one person, handed out or erased; and who did so."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from portal.bootstrap import open_house
from portal.commands.listed import as_json, facts_of, say_json
from portal.core.application import Actor
from portal.core.erasing import Ground
from portal.core.language import Language
from portal.editions import read_language, read_messages
from portal.engines.local.database import private
from portal.usecases.erasing import Item


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


@person.command()
@click.argument("who")
@click.option("--reason", required=True, help="How it was asked for; it stays, so no name, number or address in it.")
@click.option("--ground", type=click.Choice([each.value for each in Ground if each is not Ground.OVER]))
@click.option("--yes", is_flag=True, help="Without being asked once more.")
@click.pass_context
def erase(context: click.Context, who: str, reason: str, ground: str | None, *, yes: bool) -> None:
    """Erase what is kept about a person who has asked for it, for good; WHO as for export.

    What the office has to keep stays for its term, unless --ground goes before: unused (withdrawn, or never confirmed),
    foreign (somebody else used the data, and nothing was issued), decree (a written decision on the archive).
    """
    house = open_house(os.environ, context.obj["clock"], begins=False, data=context.obj["data"])
    messages, language = read_messages(), read_language(house.office.calendar)
    words, dossier, wanted = messages["cli"], house.dossiers.find(who), Ground(ground) if ground else None
    plan = house.erasing.plan(dossier)
    for item in plan:
        product = house.office.services[item.service].data["product"]
        click.echo(_foretold(item, wanted, product, messages, language))
    if not any(item.verdict.allows(wanted) for item in plan):
        click.echo(
            words["dossier_none"].format(who=who) if not plan else messages["errors"]["nothing_to_erase"]["title"]
        )
        sys.exit(1)
    if yes or click.confirm(words["erase_sure"]):
        gone = house.erasing.erase(dossier, wanted, reason, operator(messages, os.environ))
        click.echo(words["erased"].format(number=len(gone)))


@person.command("log")
@as_json
@click.pass_context
def log(context: click.Context, *, as_json: bool) -> None:
    """Who took personal data out or erased it, and when; the newest first."""
    house = open_house(os.environ, context.obj["clock"], begins=False, data=context.obj["data"])
    messages, moment = read_messages(), read_language(house.office.calendar).moment
    words, taken = messages["cli"], house.handouts.newest()
    if as_json:
        say_json(facts_of(each, "at", "what", "name", "office", "number", "tickets") for each in taken)
        return
    for each in taken:
        of = ", ".join(each.tickets) or words["handout_number"].format(number=each.number)
        facts = {"name": each.name or "–", "office": each.office, "what": messages["handouts"][each.what], "of": of}
        click.echo(words["handout"].format(at=moment(each.at), **facts))
    if not taken:
        click.echo(words["handout_none"])


def _foretold(item: Item, ground: Ground | None, product: str, messages: Mapping[str, Any], language: Language) -> str:
    """What becomes of one thing that is kept, on this ground."""
    words, verdict, stays = messages["cli"], item.verdict, messages["erasing"]["stays"]
    name = item.name or words["erase_draft"]
    if verdict.stays:
        return str(words["erase_stays"].format(name=name, why=stays[verdict.stays.value].format(product=product)))
    if verdict.allows(ground):
        return str(words["erase_goes"].format(name=name))
    facts = {"name": name, "until": verdict.until, "grounds": ", ".join(verdict.grounds)}
    return language.fill(words["erase_later"], facts)
