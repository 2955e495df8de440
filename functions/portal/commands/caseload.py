"""``python -m portal case ...``: what a clerk does about one case."""

import os

import click

from portal.bootstrap import open_house
from portal.core.clerks import clerks
from portal.editions import read_messages


@click.group("case")
def caseload() -> None:
    """What a clerk does about one case, in his name and with a reason that the case keeps."""


@caseload.command()
@click.argument("ticket")
@click.option("--to", required=True, help="Address of one of those who may act now; all: back to all of them.")
@click.option("--reason", required=True)
@click.option("--by", default="", help="Address of the clerk; the first one of the office by default.")
@click.pass_context
def assign(context: click.Context, ticket: str, to: str, reason: str, by: str) -> None:
    """Give a case to one of several officials, or back to all of them."""
    house = open_house(os.environ, context.obj["clock"], begins=False, data=context.obj["data"])
    clerk = house.entrance.clerk(by or clerks(house.office.services.office)[0].email)
    found = house.office.find(ticket)
    kept = house.corrections.assign(found.ticket, found.version, to, reason.strip(), clerk)
    words = read_messages()["cli"]
    name = kept.events[-1].data["name"] or words["case_everybody"]
    click.echo(words["case_assigned"].format(ticket=kept.ticket, name=name))
