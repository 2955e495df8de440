"""``portal ...`` with ENGINE=aws: whoever looks after the portal does so from a desk, on the stack's own table."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cloud
import pytest
from click.testing import CliRunner, Result

from portal import importing
from portal.commands.cli import main
from portal.core.listing import line
from portal.engines.aws import dynamodb
from portal.house import House
from tests.support.builders import a_sop, application
from tests.support.commits import write
from tests.support.cut_short import cut_short
from tests.support.server import Clock
from tests.support.sessions import long_table

pytestmark = pytest.mark.cloud

Run = Callable[..., Result]
KADIS = ("--role", "kadis", "--name", "Dewi Contoh", "--email", "dewi@tarakankota.go.id")


@pytest.fixture(scope="module")
def aws() -> Iterator[cloud.Cloud]:
    with cloud.cloud("https://tte.example.go.id") as playing:
        yield playing


@pytest.fixture(scope="module")
def house(aws: cloud.Cloud) -> House:
    return aws.furnish(Clock())


@pytest.fixture
def run(aws: cloud.Cloud, house: House) -> Run:
    settings = {
        "ENGINE": "aws",
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": "ap-southeast-3",
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "ADDRESS": "https://tte.example.go.id",
        "TABLE": aws.stack.resources["Table"],
        "DOCUMENT_BUCKET": aws.bucket,
        "LINK_KEYS_PARAMETER": "/portal/link-keys",
    }

    def call(*arguments: str, **environ: str | None) -> Result:
        unset = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
        env = {**unset, **settings, **environ}
        result = CliRunner().invoke(main, arguments, env=env, obj={"clock": Clock()})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


def test_an_official_appointed_from_the_desk_serves_in_the_portal(run: Run, house: House) -> None:
    assert "Dewi Contoh ditunjuk sebagai Kepala Dinas." in run("official", "appoint", *KADIS).output
    assert "dewi@tarakankota.go.id" in [official.email for official in house.office.records.officials()]
    assert "Dewi Contoh <dewi@tarakankota.go.id>" in run("official", "list").output


def test_a_case_on_the_table_is_verified_and_listed_as_late(run: Run, house: House) -> None:
    case = application("confirm")
    house.office.records.keep_sop(case.sop_version, a_sop().snapshot())
    write(house.office.records, case)
    house.office.records.keep_lines([line(case, a_sop())])
    lost = [f"{case.ticket}: berkas {each.kind} tidak ada, padahal masih harus disimpan." for each in case.documents]
    for asked in (case.ticket, "--all"):
        told = run("verify", asked)  # its chain holds, and of its files none was ever written
        assert (told.exit_code, set(lost) - set(told.output.splitlines())) == (1, set())
    assert run("verify", case.ticket).output.startswith(f"{case.ticket}: {case.version} peristiwa, utuh.\n")
    assert run("late").output.startswith(case.ticket)
    assert run("red-list").output == "Semua email terkirim atau masih dalam batas waktu.\n"


def test_an_import_killed_on_the_way_is_finished_by_the_same_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_A_TIME", 20)
    table = tmp_path / "lama.csv"
    table.write_text(long_table(45), "utf-8")
    after, there, last = 0, list[int](), tmp_path / "dikatakan"

    def imports() -> None:
        last.write_text(run("register", "import", str(table)).output)

    while cut_short(imports, after, dynamodb):
        there.append(run("register", "list").output.count("9C:"))
        after += 150
    assert there == sorted(there)
    assert 0 < there[-1] < 45 or len(set(there)) > 1
    resumed = f"Sudah diimpor sebelum terputus: {there[-1]}.\n" if there[-1] else ""
    assert last.read_text() == f"{resumed}Diimpor: {45 - there[-1]}. Sudah ada dan dilewati: 0.\n"
    assert run("register", "import", str(table)).output == "Diimpor: 0. Sudah ada dan dilewati: 45.\n"
    assert run("register", "list").output.count("9C:") == 45


@pytest.mark.parametrize("name", ["ADDRESS", "TABLE", "DOCUMENT_BUCKET", "LINK_KEYS_PARAMETER"])
def test_a_setting_that_is_missing_is_named(run: Run, name: str) -> None:
    result = run("official", "list", **{name: None})
    assert (result.exit_code, result.stdout) == (2, "")
    assert name in result.stderr


@pytest.mark.parametrize("wrong", [{"TABLE": "gone"}, {"LINK_KEYS_PARAMETER": "/gone"}])
def test_what_aws_refuses_is_told_in_words(run: Run, wrong: dict[str, str]) -> None:
    result = run("official", "list", **wrong)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Layanan AWS menolak atau tidak terjangkau: ")


@pytest.mark.parametrize("command", [("serve",), ("backup", "salinan.sqlite")])
def test_what_is_for_one_machine_says_so(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Perintah {command[0]} hanya untuk portal di satu mesin" in result.stderr
