"""A case given to one of several officials, on the command line."""

from pathlib import Path

from tests.support.clerk import EMAIL
from tests.support.command_line import Run
from tests.support.server import Clock
from tests.support.stage import KADIS, OTHER_VERIFIKATOR, Stage
from tests.support.ways import TO_VERIFIKATOR


def test_a_case_is_given_to_one_of_two_and_back_to_both(run: Run, tmp_path: Path, clock: Clock) -> None:
    stage = Stage(tmp_path / "data", clock)
    number = stage.case(*TO_VERIFIKATOR)
    why = ("--reason", "Andi dinas luar.")
    given = run("case", "assign", number.lower(), "--to", OTHER_VERIFIKATOR, *why)
    assert (given.exit_code, given.output) == (0, f"{number} kini ada pada Wati Contoh.\n")
    event = stage.load(number).events[-1]
    assert (event.action, event.actor.email, event.data["reason"]) == ("assign", EMAIL, "Andi dinas luar.")
    assert run("case", "assign", number, "--to", "all", *why).output == f"{number} kini ada pada semua yang bertugas.\n"
    stranger = run("case", "assign", number, "--to", KADIS, *why)
    assert (stranger.exit_code, "Pilih kepada siapa" in stranger.stderr) == (2, True)
    nobody = run("case", "assign", number, "--to", OTHER_VERIFIKATOR, "--by", "siapa@x.id", *why)
    assert (nobody.exit_code, stage.load(number).version) == (2, event.number + 1)
    stage.close()
