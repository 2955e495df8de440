"""``python -m portal service ...``: for whoever writes a service's folder."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from portal.config import Config
from portal.editions import offered, read_messages, trusted_sop


@click.group()
def service() -> None:
    """The services that the office offers."""


@service.command("new")
@click.argument("name")
def new_service(name: str) -> None:
    """Make the folder of a new service, which passes the check and runs as it is."""
    from portal.beginning import begin_service

    schemas = Config.from_environment(os.environ).schemas
    prefixes = [trusted_sop(path.parent).ticket_prefix for path in schemas.glob("*/sop.toml")]
    folder = begin_service(schemas, name, prefixes)
    if not fits(folder):
        sys.exit(1)
    _say("service_new", folder=folder, service=name, office=schemas / "office.toml")


@service.command("preview")
@click.argument("name", required=False)
@click.option("--port", default=8001, show_default=True)
@click.pass_context
def preview_service(context: click.Context, name: str | None, port: int) -> None:
    """Show a service's chart, form, letters and pages in the browser of this machine; keeps and sends nothing."""
    from portal.bootstrap import with_site
    from portal.commands.previewing import AsItStands, build_site, show

    config = Config.from_environment(os.environ)
    folder = config.schemas / name if name else offered(config.schemas, config.services)[0]
    if not fits(folder):
        sys.exit(1)
    clock = context.obj["clock"] or (lambda: datetime.now(UTC))
    address = f"http://127.0.0.1:{port}"
    with TemporaryDirectory() as place:
        site = build_site(folder, Path(place), address)
        if site is None:
            _say("preview_alone")
        pages = AsItStands(folder, lambda: show(folder, address, clock(), has_site=site is not None))
        _serve(with_site(pages, site), port, _said("previewing", service=folder.name, address=address))


def _serve(application: object, port: int, told: str) -> None:
    """On this machine only, until it is interrupted."""
    from waitress import create_server

    try:
        server = create_server(application, host="127.0.0.1", port=port, ident=None)
    except OSError as problem:
        click.echo(_said("port_unavailable", host="127.0.0.1", port=port, problem=problem.strerror), err=True)
        sys.exit(2)
    click.echo(told)
    server.run()


def fits(folder: Path) -> bool:
    """Says whether a folder passes the check, and everything in it that does not."""
    from portal.examination import examine, in_words

    edition, found = examine(folder)
    for problem in found:
        click.echo(in_words(problem), err=True)
    if found or edition is None:
        click.echo(_said("sop_unfit", number=len(found)), err=True)
        return False
    _say("sop_fits", service=edition.service, steps=len(edition.steps), version=edition.version[:12])
    return True


def _said(key: str, **facts: object) -> str:
    words: str = read_messages()["cli"][key]
    return words.format_map(facts)


def _say(key: str, **facts: object) -> None:
    click.echo(_said(key, **facts))
