"""``python -m portal doctor``: whether everything that the portal of one machine stands on is in order."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from portal.bootstrap import on_aws, open_house, smtp
from portal.config import Config
from portal.core.errors import PortalError
from portal.doctor import machine, names, reach
from portal.doctor.findings import Finding, Level, bad, good, noted
from portal.editions import read_messages
from portal.engines.local.scanner import Clamd


@dataclass(frozen=True)
class Instruments:
    """What the world is asked with; tests bring others.

    Attributes:
        log_in: connects to the relay of the settings and logs in.
        clock_is_set: by others; None if nobody knows.
    """

    resolver: names.Resolver
    fetch: reach.Fetch
    offer: reach.Offer
    log_in: Callable[[Config], None]
    clock_is_set: Callable[[], bool | None]


def instruments() -> Instruments:
    """Those of this machine."""
    return Instruments(
        names.Dns(), reach.fetch, reach.offer, lambda config: smtp(config).try_out(), machine.clock_is_set
    )


@click.command()
@click.option("--dkim", default="", envvar="DKIM", help="Selector under which the relay signs emails (DKIM).")
@click.option(
    "--backups", type=click.Path(path_type=Path), envvar="BACKUPS", help="Folder of the nightly backups (BACKUPS)."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of findings.")
@click.pass_context
def doctor(context: click.Context, dkim: str, backups: Path | None, *, as_json: bool) -> None:
    """Look at names, relay, machine, site, officials and backups, and say what is to be done. Changes nothing."""
    words = read_messages()
    if on_aws(os.environ):
        click.echo(words["cli"]["only_here"].format(command="doctor"), err=True)
        sys.exit(2)
    config = Config.from_environment(os.environ, data=context.obj["data"])
    config.must_reach_people()
    found = []
    for finding in _findings(config, dkim, backups, context):
        found.append(finding)
        if not as_json:  # each as soon as it is known: some of them wait for somebody far away
            click.echo(_line(finding, words["doctor"]))
    if as_json:
        said = [_entry(each, words["doctor"]) for each in found]
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    amiss = sum(each.level is Level.BAD for each in found)
    if not as_json:
        click.echo(words["doctor"]["amiss" if amiss else "well"].format(number=amiss))
    sys.exit(1 if amiss else 0)


def _findings(config: Config, dkim: str, backups: Path | None, context: click.Context) -> Iterator[Finding]:
    tools: Instruments = context.obj.get("instruments") or instruments()
    now = (context.obj["clock"] or (lambda: datetime.now(UTC)))()
    host, sender = urlsplit(config.address).hostname or "", parseaddr(config.sender)[1].rpartition("@")[2]
    yield from _kept(config, context)
    yield machine.secrets(os.environ)
    yield machine.backups(backups, now)
    yield machine.clock(tools.clock_is_set())
    yield machine.site(config.site, config.address)
    yield from names.look(tools.resolver, host, sender, dkim)
    yield reach.relay(lambda: tools.log_in(config), config.smtp_host)
    yield reach.public(tools.fetch, config.address)
    yield reach.uploads(tools.offer, config.address)
    yield _proxy(config)
    yield _scanner(config, now)


def _scanner(config: Config, now: datetime) -> Finding:
    if not config.clamd:
        return noted("scanner", "scanner_off")
    if Clamd(config.clamd).answers(now):
        return good("scanner", "scanner_answers", address=config.clamd)
    return bad("scanner", "scanner_silent", address=config.clamd)


def _proxy(config: Config) -> Finding:
    if config.lacks_proxy:
        return bad("proxy", "proxy_undeclared")
    return good("proxy", "proxy_declared", proxy=config.proxy) if config.proxy else good("proxy", "proxy_none")


def _kept(config: Config, context: click.Context) -> Iterator[Finding]:
    """The data folder, and who is in office by it."""
    if not config.data.is_dir():
        yield bad("data", "data_none", folder=config.data)
        return
    yield machine.disk(config.data)
    # Before anything is opened there, which would fail by the same and in stranger words.
    yield machine.owners(config.data)
    try:
        house = open_house(os.environ, context.obj["clock"], data=context.obj["data"])
    except PortalError as problem:
        yield bad("data", "data_refused", problem=_title(problem))
        return
    yield good("data", "data_opens", folder=config.data)
    troubles = house.appointing.check()
    yield (
        bad("officials", "officials_amiss", number=len(troubles)) if troubles else good("officials", "officials_whole")
    )


def _title(problem: PortalError) -> Any:
    return read_messages()["errors"][problem.code]["title"]


def _line(finding: Finding, words: dict[str, Any]) -> str:
    return str(words["line"]).format(
        level=words["levels"][finding.level], about=words["about"][finding.about], said=_sentence(finding, words)
    )


def _entry(finding: Finding, words: dict[str, Any]) -> dict[str, str]:
    entry = {"about": finding.about, "code": finding.code, "level": finding.level.value}
    return {**entry, "said": _sentence(finding, words)}


def _sentence(finding: Finding, words: dict[str, Any]) -> str:
    return str(words["found"][finding.code]).format_map(finding.facts)
