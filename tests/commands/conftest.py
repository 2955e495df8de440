"""The command line on a data folder of its own."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.commands.cli import main
from tests.support.command_line import Run
from tests.support.harm import office_killed_at_work
from tests.support.server import Clock


@pytest.fixture
def clock() -> Clock:
    """The time of the commands; a stage that is to meet them takes it too."""
    return Clock()


@pytest.fixture
def run(tmp_path: Path, clock: Clock) -> Run:
    """``portal ...`` on a data folder of its own, in which a portal was started before; nothing of the machine's
    environment or time counts.
    """
    begun = tmp_path / "data"
    begun.mkdir()
    (begun / "portal.sqlite").touch(mode=0o600)  # as empty as a portal that nobody has used

    def call(*arguments: object, data: Path = begun, **environ: str) -> Result:
        known = ("SERVICE", "SERVICES", "SCHEMAS", "ADDRESS", "SENDER", "REHEARSAL", "SMTP_PORT")
        settings = {name: environ.get(name) for name in (*known, "SUDO_USER", "USER", "LOGNAME")}
        result = CliRunner().invoke(
            main, ["--data", str(data), *map(str, arguments)], env=settings, obj={"clock": clock}
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return call


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As ``office_killed_at_work`` says; nobody changes anything in it."""
    return office_killed_at_work(tmp_path_factory.mktemp("office"))


@pytest.fixture
def data(office: Path, tmp_path: Path) -> Path:
    """A copy of its own, to be destroyed."""
    return Path(shutil.copytree(office / "data", tmp_path / "hidup"))


@pytest.fixture
def newest(office: Path) -> Path:
    return office / "backups" / "dua.zip"
