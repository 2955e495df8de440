"""A service being written, to look at: its chart, its steps, and every letter of theirs, each moment at its own time.

Only ``portal service preview`` has these pages, beside the portal's own.
"""

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from markupsafe import Markup

from portal.chart import layout
from portal.chart.svg import svg
from portal.core.errors import NotAllowed
from portal.core.notices import Notice
from portal.engines.ports import Message
from portal.trial import Scene, Trial
from portal.web.here import here

pages = Blueprint("preview", __name__, url_prefix="/_pratinjau")


@dataclass
class Preview:
    """What the pages show.

    Attributes:
        trial: played already.
        has_site: are the public pages built beside them?
        told: what the check says of the folder as it stands; nothing else is shown until that is empty again.
    """

    trial: Trial
    has_site: bool
    told: str = ""


def _preview() -> Preview:
    found: Preview = current_app.extensions["preview"]
    return found


@pages.before_app_request
def _as_it_stands() -> Any:
    told = _preview().told
    return (render_template("preview/unfit.html", told=told), 422) if told and request.endpoint != "static" else None


@pages.app_context_processor
def _marked() -> dict[str, Any]:
    return {"preview": True}


@pages.get("")
def start() -> str:
    edition = _preview().trial.edition
    return render_template(
        "preview/start.html",
        edition=edition,
        across=Markup(svg(layout.across(edition), "bagan-lebar", "flow-across")),  # noqa: S704 - escapes what it says
        down=Markup(svg(layout.down(edition), "bagan-tegak", "flow-down")),  # noqa: S704
        by_official=edition.first.kind == "opening",
        has_site=_preview().has_site,
    )


@pages.get("/langkah/<key>")
def step(key: str) -> str:
    """What can be done at a step, what is told of it, and the letters that follow."""
    trial = _preview().trial
    found = next((step for step in trial.edition.steps if step.key == key), None) or abort(404)
    scenes = [(number, scene) for number, scene in enumerate(trial.scenes) if scene.step == key]
    places = {(scene.case.step, scene.case.state) for scene in trial.scenes if scene.case.step == key}
    return render_template(
        "preview/step.html",
        edition=trial.edition,
        step=found,
        scenes=scenes,
        states=[trial.edition.status(key, state) for _, state in sorted(places)],
        following=trial.edition.after(key),
        link=_link,
    )


@pages.get("/surat")
def letters() -> str:
    """The letters that no step owes."""
    trial = _preview().trial
    others = [(number, scene) for number, scene in enumerate(_scenes()) if not scene.step]
    return render_template("preview/letters.html", edition=trial.edition, scenes=others, link=_link)


@pages.get("/<int:number>/status")
def status(number: int) -> Any:
    """The public page of a case at this moment."""
    case = _at(number).case
    return redirect(f"/status/{case.ticket}", 303)


@pages.get("/<int:number>/<int:letter>/buka")
def follow(number: int, letter: int) -> Any:
    """Where the letter's button leads, as its reader finds it."""
    return redirect(_link(_letter(_at(number), letter)[1]) or abort(404), 303)


@pages.get("/<int:number>/<int:letter>")
def letter_html(number: int, letter: int) -> Response:
    """A letter as its reader's program shows it, shut off from everything."""
    response = Response(_letter(_scene(number), letter)[1].html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@pages.post("/unggah")
def upload() -> NoReturn:
    raise NotAllowed("preview_only")


def _scene(number: int) -> Scene:
    scenes = _scenes()
    return scenes[number] if number < len(scenes) else abort(404)


def _scenes() -> list[Scene]:
    trial = _preview().trial
    return [*trial.scenes, *trial.others]


def _at(number: int) -> Scene:
    """The scene, whose time it is from now on."""
    scene = _scene(number)
    _preview().trial.now = scene.at
    return scene


def _link(message: Message) -> str:
    """Where a letter leads: its own link before the public one that it may name as well; empty if it has none."""
    links = re.findall(rf"{re.escape(here().address)}(/\S+)", message.text)
    return next(iter(sorted(links, key=lambda link: link.startswith("/status/"))), "")


def _letter(scene: Scene, letter: int) -> tuple[Notice, Message]:
    return scene.letters[letter] if letter < len(scene.letters) else abort(404)
