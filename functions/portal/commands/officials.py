"""``python -m portal official ...``: who serves in which office, and since when."""

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NoReturn

import click

from portal.bootstrap import open_house
from portal.commands.listed import as_json, facts_of, say_json
from portal.core import identity
from portal.core.errors import NotFound, PortalError
from portal.core.officials import Official
from portal.core.services import Services
from portal.core.sop import Sop
from portal.editions import read_messages
from portal.house import House

SAID: Final = ("service", "role", "name", "email", "number", "capacity", "decree", "since", "until", "replaces", "away")
"""Of an appointment, to programs."""

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def official() -> None:
    """Who serves in which role."""


@official.command("list")
@as_json
@click.pass_context
def list_officials(context: click.Context, *, as_json: bool) -> None:
    """All appointments, oldest first."""
    office = _open(context).office
    officials = office.records.officials()
    if as_json:
        say_json(facts_of(each, *SAID) for each in officials)
        return
    for appointed in officials:
        _say(
            "official",
            office=_office(appointed, office.services),
            name=appointed.name,
            email=appointed.email,
            decree=f" {appointed.decree}" if appointed.decree else "",
            since=appointed.since or "…",
            until=appointed.until or "…",
        )
        for first, last in appointed.away:
            _say("official_away", first=first, last=last)
    if not officials:
        _say("official_none")


@official.command()
@click.option("--service", "named", multiple=True, help="For which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--number", default="", help="NIP.")
@click.option("--capacity", type=click.Choice(["", "Plt.", "Plh."]), default="")
@click.option("--decree", default="", help="Number of the surat perintah.")
@click.option("--since", type=DAY)
@click.option("--until", type=DAY)
@click.pass_context
def appoint(
    context: click.Context, /, named: Sequence[str], since: datetime | None, until: datetime | None, **given: str
) -> None:
    """Appoint somebody, for good or for a time, or correct a name; what already waits is told in one email."""
    _appoint(context, named, _day(since), _day(until), **given)


@official.command()
@click.option("--service", "named", multiple=True, help="For which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--number", default="", help="NIP.")
@click.option("--capacity", type=click.Choice(["Plt.", "Plh."]), default="Plh.", show_default=True)
@click.option("--decree", required=True, help="Number of the surat perintah.")
@click.option("--for", "replaces", default="", help="Address of whom he stands in for, where several hold the office.")
@click.option("--since", type=DAY, required=True)
@click.option("--until", type=DAY, required=True)
@click.pass_context
def act(context: click.Context, /, named: Sequence[str], since: datetime, until: datetime, **given: str) -> None:
    """Let somebody act for an official on leave (Plh.), or in a vacant office (Plt.), on these days."""
    _appoint(context, named, since.date(), until.date(), **given)


def _appoint(context: click.Context, named: Sequence[str], first: date | None, last: date | None, **given: str) -> None:
    house = _open(context, begins=True)
    editions = _editions(house, named, given["role"])
    if first and last and last < first:
        _refuse("days_reversed", since=first, until=last)
    given["number"] = identity.digits(given["number"])
    wanted = [Official(edition.service, since=first, until=last, **given) for edition in editions]  # type: ignore[arg-type]
    for appointed in wanted:  # none of them if one of them is refused
        for fault in house.appointing.faults(appointed):
            raise fault
    for appointed in wanted:
        told = house.appointing.appoint(appointed)
        _say("appointed", name=appointed.name, office=_office(appointed, house.office.services), told=told)


@official.command()
@click.option("--service", "named", multiple=True, help="In which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--email", required=True)
@click.option("--since", type=DAY, help="First day of the appointment, where the person has several.")
@click.option("--last", type=DAY, help="The last day; yesterday by default, so that it is over now.")
@click.pass_context
def end(
    context: click.Context,
    /,
    named: Sequence[str],
    role: str,
    email: str,
    since: datetime | None,
    last: datetime | None,
) -> None:
    """Let an appointment end; what waits goes to whoever is left, and nobody is removed on whom cases wait alone."""
    house = _open(context)
    day = _day(last) or house.office.today() - house.office.today().resolution
    for edition in _editions(house, named, role):
        ended = house.appointing.end(house.appointing.find(edition.service, role, email, _day(since)), day)
        _say("appointment_ended", name=ended.name, office=_office(ended, house.office.services), last=day)


@official.command()
@click.option("--email", required=True, help="The address as it is recorded.")
@click.option("--new", required=True, help="The address as it ought to be.")
@click.pass_context
def readdress(context: click.Context, /, email: str, new: str) -> None:
    """Set somebody's address right in all his offices; what waits goes there, and older links end."""
    house = _open(context)
    person = house.appointing.anywhere(email)
    told = house.appointing.readdress(person, new)
    _say("appointment_readdressed", name=person.name, email=new.strip(), told=told)


@official.command()
@click.option("--service", "named", multiple=True, help="In which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--email", required=True)
@click.option("--since", type=DAY, required=True)
@click.pass_context
def cancel(context: click.Context, /, named: Sequence[str], role: str, email: str, since: datetime) -> None:
    """Take back an appointment that has not begun."""
    house = _open(context)
    for edition in _editions(house, named, role):
        gone = house.appointing.cancel(house.appointing.find(edition.service, role, email, since.date()))
        _say("appointment_cancelled", name=gone.name, office=_office(gone, house.office.services), since=since.date())


@official.command()
@click.option("--service", "named", multiple=True, help="In which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--email", required=True)
@click.option("--first", type=DAY, required=True)
@click.option("--last", type=DAY, required=True)
@click.pass_context
def absent(
    context: click.Context, /, named: Sequence[str], role: str, email: str, first: datetime, last: datetime
) -> None:
    """Somebody is away on these days; others who hold the office have the cases."""
    house = _open(context)
    for edition in _editions(house, named, role):
        away = house.appointing.find(edition.service, role, email)
        house.appointing.absent(away, first.date(), last.date())
        _say("appointment_absent", name=away.name, first=first.date(), last=last.date())


@official.command()
@click.option("--service", "named", multiple=True, help="In which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--email", required=True)
@click.option("--first", type=DAY, required=True, help="The first day of the absence.")
@click.pass_context
def present(context: click.Context, /, named: Sequence[str], role: str, email: str, first: datetime) -> None:
    """An absence that began on that day is over, or does not come to be."""
    house = _open(context)
    for edition in _editions(house, named, role):
        back = house.appointing.find(edition.service, role, email)
        house.appointing.present(back, first.date())
        _say("appointment_present", name=back.name, first=first.date())


@official.command()
@click.option("--service", "named", multiple=True, help="In which of several services; may be said more than once.")
@click.option("--role", required=True)
@click.option("--email", required=True)
@click.option("--each", type=click.IntRange(0, 99), help="So many at one time; as the SOP says if it is left out.")
@click.pass_context
def capacity(context: click.Context, /, named: Sequence[str], role: str, email: str, each: int | None) -> None:
    """How many visitors somebody receives at one time; visits that are agreed stay."""
    house = _open(context)
    for edition in _editions(house, named, role):
        able = house.appointing.receive(house.appointing.find(edition.service, role, email), each)
        _say("appointment_capacity", name=able.name, each="SOP" if each is None else each)


@official.command("check")
@click.pass_context
def check_officials(context: click.Context) -> None:
    """What is not in order: offices that nobody fills, now or soon, and appointments that would be refused."""
    house, messages = _open(context), read_messages()
    troubles = house.appointing.check()
    for trouble in troubles:
        office, said, by = house.office.services[trouble.service].role(trouble.role).label, "", ""
        if trouble.problem and trouble.official:
            said, by = _sentence(trouble.problem), trouble.official.name
        _say(f"officials_{trouble.code}", office=office, day=trouble.day, name=by, problem=said)
    if not troubles:
        click.echo(messages["cli"]["officials_in_order"])
    sys.exit(1 if troubles else 0)


def _editions(house: House, named: Sequence[str], role: str) -> list[Sop]:
    """The services that are meant. Refuses what leaves that open, and roles that nobody is appointed to."""
    services = house.office.services
    if len(services) > 1 and not named:
        _refuse("service_wanted", services=", ".join(edition.service for edition in services))
    editions = [services[name] for name in named] or [services.first]
    for edition in editions:
        # The applicant is in the SOP's table too, but nobody is appointed to that.
        acting = (role for step in edition.steps for role in edition.acting(step.role))
        roles = dict.fromkeys(each for each in acting if each != edition.applying.key)
        if role not in roles:
            _refuse("role_unknown", roles=", ".join(roles))
    return editions


def _office(appointed: Official, services: Services) -> str:
    """The title somebody acts under, and for which of several services; the bare key of a role that is no more."""
    try:
        office = appointed.as_actor(services[appointed.service]).office
    except NotFound:
        office = appointed.role
    return office if len(services) == 1 else f"{office} ({appointed.service})"


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _open(context: click.Context, *, begins: bool = False) -> House:
    return open_house(os.environ, context.obj["clock"], begins=begins, data=context.obj["data"])


def _say(key: str, *, err: bool = False, **facts: object) -> None:
    click.echo(read_messages()["cli"][key].format_map(facts), err=err)


def _sentence(problem: PortalError) -> str:
    said: str = read_messages()["errors"][problem.code]["sentence"]
    return said.format_map(problem.facts)


def _refuse(key: str, **facts: object) -> NoReturn:
    _say(key, err=True, **facts)
    sys.exit(2)
