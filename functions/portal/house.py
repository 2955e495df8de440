"""What is the same on every engine: reading the service's files, and handing everything its collaborators."""

import json
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from portal import documents, forms, papers, sop, web, worktime
from portal.clockwork import Clockwork
from portal.engines.ports import Files, Mail, Records
from portal.errors import SopInvalid
from portal.intake import Intake
from portal.language import Language
from portal.links import Links
from portal.notices import Official
from portal.service import Portal


class Settings(Protocol):
    """What every engine's configuration says.

    Attributes:
        service: folder of the service's ``sop.toml``; the shared schemas lie beside it.
        address: public address, without a slash at the end.
        rehearsal: sample officials, mailbox, time machine; never for real cases.
    """

    @property
    def service(self) -> Path: ...
    @property
    def address(self) -> str: ...
    @property
    def rehearsal(self) -> bool: ...


@dataclass(frozen=True)
class Engine:
    """What carries the portal.

    Attributes:
        extra: what only this engine gives the pages (see ``web.Rooms``).
        given: what only this engine gives the clockwork.
    """

    records: Records
    files: Files
    mail: Mail
    links: Links
    extra: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class House:
    """The portal with its engine, ready to serve."""

    portal: Portal
    intake: Intake
    clockwork: Clockwork
    extra: Mapping[str, Any]
    config: Any


def read_sop(folder: Path) -> sop.Sop:
    """A service's SOP, checked against ``sop.schema.json`` and its cross-references.

    Raises:
        SopInvalid: names the file, the key, and what is expected there.
    """
    path = folder / "sop.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SopInvalid("sop_unreadable", file=str(path), key="", expected=str(problem)) from problem
    forms.validate(_read_json(folder.parent / "sop.schema.json"), data, str(path))
    return sop.parse(data, _read_json(folder / "application.schema.json"))


def furnish(edition: sop.Sop, engine: Engine, clock: Callable[[], datetime], config: Settings) -> House:
    """The portal of an edition of the SOP on an engine."""
    calendar = worktime.calendar(edition.data["calendar"], _read_toml(config.service.parent / "holidays.toml"))
    portal = Portal(
        sop=edition,
        decisions=_read_json(config.service.parent / "decision.schema.json")["$defs"],
        records=engine.records,
        files=engine.files,
        mail=engine.mail,
        links=engine.links,
        calendar=calendar,
        clock=clock,
        choice=secrets.choice,
        token=lambda: secrets.token_hex(16),
        make_form=forms.Form,
    )
    limits = documents.Limits()
    intake = Intake(portal, lambda content: documents.inspect(content, limits), limits.max_bytes)
    dates = web.read_messages()["dates"]
    language = Language(dates["months"], dates["days"], calendar.zone, calendar.label)
    letters = papers.Letters(Path(__file__).with_name("letters"), language)
    clockwork = Clockwork(portal, letters.render, config.address, **engine.given)
    extra: dict[str, Any] = {"page_image": documents.page_image, "qr": papers.qr_svg, "calendar_entry": letters.visit}
    extra |= engine.extra
    if config.rehearsal:
        extra |= _rehearse(config.service, portal)
    return House(portal, intake, clockwork, extra, config)


def pages(house: House, store_origin: str = "") -> Any:
    """The dynamic pages as a WSGI application.

    Args:
        store_origin: origin to which browsers post files, when it is not the portal's own.
    """
    return web.create_app(
        house.portal,
        house.intake,
        house.clockwork,
        address=house.config.address,
        store_origin=store_origin,
        rehearsal=house.config.rehearsal,
        extra=house.extra,
    )


def _rehearse(service: Path, portal: Portal) -> dict[str, Any]:
    """Appoint the sample officials, once, and offer the sample documents."""
    data = _read_toml(service / "rehearsal.toml")
    if not portal.records.officials():
        for entry in data.get("officials", ()):
            portal.records.appoint(Official(**entry))
    return {"samples": data.get("samples", []), "specimen": data.get("specimen", {})}


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
