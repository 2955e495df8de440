"""The wiring of a preview: a service's folder on no engine at all, tried out in memory and shown as it stands now."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from portal.config import ROOT
from portal.documents.samples import sample
from portal.editions import read_messages, read_services, read_sop, read_toml
from portal.examination import examine, in_words
from portal.house import Engine, furnish, pages
from portal.links import Links
from portal.other_letters import OtherLetters
from portal.trial import Samples, Shelf, Trial
from portal.web.app import BLUEPRINTS
from portal.web.preview import Preview


@dataclass(frozen=True)
class Settings:
    """As ``config.Settings``."""

    schemas: Path
    address: str
    rehearsal: bool = False
    proxy: str = ""


def show(folder: Path, address: str, now: datetime, *, has_site: bool = False) -> Any:
    """The portal's pages for a service that nobody can send anything to, with those of the preview, as a Flask app.

    Args:
        folder: of the service, which fits.
        now: when the first made-up application is sent.
        has_site: are the public pages built, to be served before these?
    """
    services = read_services(folder.parent, [folder.name], read_sop)
    rehearsal = folder / "rehearsal.toml"
    props = read_toml(rehearsal) if rehearsal.exists() else {}
    shelf, samples, nothing = Shelf(services.first, props), Samples(props, sample), Samples({}, sample)
    kept: Any = shelf
    files: Any = samples
    mail: Any = nothing
    engine = Engine(kept, files, mail, Links([secrets.token_hex(32)]))
    house = furnish(services, engine, lambda: trial.now, Settings(folder.parent, address))
    compose, words = house.correspondence.compose, read_messages()["preview"]
    trial = Trial(house.office, shelf, samples, compose, words, secrets.choice, now)
    trial.play()
    together = lambda owed: house.correspondence.join([(each, house.correspondence.letter(each)) for each in owed])  # noqa: E731
    reasons = lambda action: [each.key for each in house.register.reasons(folder.name, action)]  # noqa: E731
    OtherLetters(trial, together, reasons).play()
    app = pages(house, (*BLUEPRINTS, "preview"))
    app.extensions["preview"] = Preview(trial, has_site)
    return app


def told(folder: Path) -> str:
    """What ``portal check`` says of a folder, one problem after the other; empty if it fits."""
    return "\n".join(map(in_words, examine(folder)[1]))


class AsItStands:
    """A WSGI application that is made anew once a file of the service has changed.

    While the folder does not fit, its pages say so, in the words of the check.

    Args:
        make: the application of the folder, which fits (``show``).
    """

    def __init__(self, folder: Path, make: Callable[[], Any]) -> None:
        self._folder, self._make, self._lock = folder, make, Lock()
        self._seen, self._app = _stamp(folder), make()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._present()(environ, start_response)
        return answer

    def _present(self) -> Any:
        with self._lock:
            if (stamp := _stamp(self._folder)) != self._seen:
                wrong = told(self._folder)
                if not wrong:
                    self._app = self._make()
                self._app.extensions["preview"].told, self._seen = wrong, stamp
            return self._app


def build_site(folder: Path, target: Path, address: str) -> Path | None:
    """The public pages of a service, built into ``target``; None where MkDocs is not there, or cannot build them."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(target)]
    said = {"SCHEMAS": str(folder.parent.resolve()), "SERVICES": folder.name, "ADDRESS": address}
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **said}
    run = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False)  # noqa: S603
    return target if run.returncode == 0 else None


def _stamp(folder: Path) -> list[tuple[str, int]]:
    """Every file that the service is made of, and when it was last written."""
    files = [*folder.parent.glob("*.*"), *folder.rglob("*")]
    return sorted((str(file), file.stat().st_mtime_ns) for file in files if file.is_file())
