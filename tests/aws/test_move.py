"""``portal move``: a story that begins on one machine goes on on AWS, and ends on another machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import cloud
import pytest
from click.testing import CliRunner, Result

import mailer
from portal import bootstrap_aws
from portal.bootstrap import build, is_free, rests, wsgi
from portal.commands.cli import main
from portal.config import Config
from portal.core.draft import Draft
from portal.engines.local.records import SqliteRecords
from portal.engines.moving import ARRIVING, LEAVING
from portal.house import House
from portal.usecases.deletions import Deletions
from portal.usecases.stocktaking import Stocktaking
from tests.support.builders import a_notice
from tests.support.city import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, City
from tests.support.drill import WITHOUT_PAUSE
from tests.support.people import Mailbox
from tests.support.places import ROOT
from tests.support.server import Clock, Served, free_port, listening
from tests.support.stage import Stage

pytestmark = pytest.mark.cloud

Run = Callable[..., Result]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def aws(port: int) -> Iterator[cloud.Cloud]:
    with cloud.cloud(f"http://127.0.0.1:{port}") as playing:
        yield playing


@pytest.fixture
def settings(aws: cloud.Cloud, port: int) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": "ap-southeast-3",
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "ADDRESS": f"http://127.0.0.1:{port}",
        "TABLE": aws.stack.resources["Table"],
        "DOCUMENT_BUCKET": aws.bucket,
        "LINK_KEYS_PARAMETER": "/portal/link-keys",
    }


@pytest.fixture
def run(settings: dict[str, str], clock: Clock) -> Run:
    def call(data: Path, *arguments: str, pause: Callable[[float], object] = lambda _: None) -> Result:
        unset = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
        given = {"clock": clock, "pause": pause}
        result = CliRunner().invoke(main, ["--data", str(data), *arguments], env={**unset, **settings}, obj=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


class Letters(Mailbox):
    """All that people were ever sent, from wherever the portal was."""

    earlier: tuple[dict[str, Any], ...] = ()

    def all(self) -> list[dict[str, Any]]:
        return [*self.earlier, *super().all()]


@pytest.fixture
def letters(port: int) -> Letters:
    return Letters(f"http://127.0.0.1:{port}")


@contextmanager
def at_work(house: House, app: Any, letters: Letters, clock: Clock, deliver: Callable[[], object]) -> Iterator[City]:
    """The portal, wherever it is, at the same address as before, and everybody with his letters from before."""
    port = urlsplit(house.config.address).port
    assert port
    with listening(app, port):
        city = City(Served(house, deliver, lambda _: []), clock)
        city.mailbox, letters._deliver = letters, deliver
        yield city
        letters.earlier = tuple(letters.all())


@contextmanager
def here(data: Path, clock: Clock, port: int, letters: Letters) -> Iterator[City]:
    config = Config.from_environment({}, data=data, address=f"http://127.0.0.1:{port}", rehearsal=True)
    house = build(config, clock)
    try:
        with at_work(house, wsgi(house), letters, clock, house.outbox.send_due) as city:
            yield city
    finally:
        house.office.records.close()  # type: ignore[attr-defined]


@contextmanager
def there(aws: cloud.Cloud, clock: Clock, letters: Letters) -> Iterator[City]:
    aws.overlook()
    house = aws.furnish(clock)
    with at_work(house, bootstrap_aws.wsgi(house), letters, clock, aws.minute) as city:
        yield city


def test_a_story_that_begins_on_one_machine_goes_on_on_aws_and_ends_on_another(
    run: Run, aws: cloud.Cloud, clock: Clock, port: int, letters: Letters, tmp_path: Path
) -> None:
    first, second = tmp_path / "satu", tmp_path / "dua"
    with here(first, clock, port, letters) as city:
        siti = city.applicant()
        siti.apply()
        siti.confirm()
        city.official(KADIS).decide(siti.ticket, "forward", instructions=["proses"], note="Segera diproses.")
        told = {"items": ["ktp", "jabatan"], "reason": "ktp_tidak_terbaca", "note": "Terpotong."}
        city.official(KABID).decide(siti.ticket, "return", **told)
        letters._deliver = lambda: None  # what is owed now is sent from elsewhere

    moved = run(first, "move", "--to", "aws")
    assert (moved.exit_code, "Semua sudah pindah dan sesuai: 1 permohonan" in moved.output) == (0, True), moved.output
    assert not (first / "pindahan" / "keadaan.json").exists()

    with there(aws, clock, letters) as city:
        assert city.status(siti.ticket)["state"] == "returned"
        assert "Terpotong." in siti.open().text
        siti.mend(jabatan="Analis Kebijakan Ahli Muda")
        kabid = city.official(KABID)
        assert "Pengajuan ke-2" in kabid.open(siti.ticket).text
        kabid.decide(siti.ticket, "forward", instructions=["proses"])
        city.official(STATISTISI).decide(siti.ticket, "forward", instructions=["proses"])
        city.official(VERIFIKATOR).decide(siti.ticket, "dispatch", checklist="*")

    moved = run(second, "move", "--to", "local")
    assert (moved.exit_code, "Semua sudah pindah dan sesuai: 1 permohonan" in moved.output) == (0, True), moved.output

    with here(second, clock, port, letters) as city:
        assert city.status(siti.ticket)["state"] == "sent"
        verifikator = city.official(VERIFIKATOR)
        verifikator.decide(siti.ticket, "accept")
        verifikator.decide(siti.ticket, "invite")
        siti.pick()
        clock.forward(days=1)
        city.official(OTHER_VERIFIKATOR).decide(siti.ticket, "attend")
        said = {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"}
        verifikator.decide(siti.ticket, "record", **said)
        verifikator.decide(siti.ticket, "hand_over", received_by="Siti Contoh")
        assert city.status(siti.ticket)["label"] == "Selesai"
        assert "4A:1F:22:09" in siti.open().text
    assert run(second, "verify", "--all").exit_code == 0


# --- what is closed says so ---


def test_what_is_left_is_read_and_refuses_in_words(
    run: Run, aws: cloud.Cloud, clock: Clock, port: int, letters: Letters, tmp_path: Path
) -> None:
    with here(tmp_path, clock, port, letters) as city:
        siti = city.applicant().apply()
        siti.confirm()
        kadis = city.official(KADIS)
        page = kadis.open(siti.ticket)
        seen: list[str] = []

        def meanwhile(seconds: float) -> None:
            """The portal runs on while it is moved."""
            refused = kadis.press(page, "forward", instructions=["proses"])
            seen.append(f"{refused.status} {refused.text}")
            seen.append(city.status(siti.ticket)["state"])

        assert run(tmp_path, "move", "--to", "aws", pause=meanwhile).exit_code == 0
        assert seen[0].startswith("503")
        assert "Portal sedang dipindahkan" in seen[0]
        assert seen[1] == "waiting"
        refused = kadis.press(page, "forward", instructions=["proses"])
        assert "Portal sudah pindah" in refused.text
        assert rests(city.house)
        assert "sudah dipindahkan" in run(tmp_path, "move", "--to", "aws").output
        letters._deliver = lambda: None


def test_while_it_rests_no_function_does_or_loses_anything(aws: cloud.Cloud, clock: Clock) -> None:
    house = aws.furnish(clock)
    house.office.records.owe([a_notice(due_at=clock.at)])
    house.office.records.mark_move(LEAVING)  # type: ignore[attr-defined]
    aws.furnish(clock)  # as functions are that know the mark
    (batch,) = aws.batches()
    assert mailer.handler({"Records": batch}, cloud.Context(), aws.houses["mailer"]) == {"batchItemFailures": []}
    aws.minute()
    aws.day()
    assert aws.sent() == []
    assert [notice.attempts for notice in aws.houses["api"].office.records.unsent()] == [0]


# --- cut short, refused, given up ---


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Two cases with documents, a draft, and what is owed about them."""
    stage = Stage(tmp_path / "data")
    stage.case("confirm", "forward")
    stage.case("confirm")
    stage.draft(("ktp",))
    stage.close()
    return stage.data


def kill_at(data: Path, environ: dict[str, str], reached: Callable[[Path], bool]) -> None:
    """``portal move --to aws`` as a process of its own, until it has come so far."""
    command = [sys.executable, "-c", WITHOUT_PAUSE, "--data", str(data), "move", "--to", "aws"]
    process = subprocess.Popen(command, env={**os.environ, **environ, "PYTHONPATH": str(ROOT / "functions")})
    try:
        while process.poll() is None and not reached(data / "pindahan"):
            time.sleep(0.002)
    finally:
        process.kill()
        assert process.wait(timeout=30) == -signal.SIGKILL


def some_files(journal: Path) -> bool:
    return (journal / "berkas.jsonl").exists() and len((journal / "berkas.jsonl").read_text().splitlines()) > 2


def some_records(journal: Path) -> bool:
    return (journal / "keadaan.json").exists() and '"place": "' in (journal / "keadaan.json").read_text().replace(
        '"place": ""', ""
    )


@pytest.mark.parametrize("reached", [some_files, some_records])
def test_killed_on_the_way_it_goes_on_where_it_was(
    run: Run, settings: dict[str, str], aws: cloud.Cloud, office: Path, reached: Callable[[Path], bool]
) -> None:
    kill_at(office, settings, reached)
    assert not run(office, "verify", "--all").exit_code  # what is left is still there to be read
    moved = run(office, "move", "--to", "aws")
    assert (moved.exit_code, "Semua sudah pindah" in moved.output) == (0, True), moved.output
    kept = [path for path in (office / "berkas").rglob("*") if path.is_file()]
    assert len(kept) <= len(aws.stored("")) <= len(kept) + 1


def test_given_up_it_leaves_nothing_there_and_the_portal_goes_on_here(
    run: Run, settings: dict[str, str], aws: cloud.Cloud, office: Path
) -> None:
    kill_at(office, settings, some_records)
    told = run(office, "move", "--to", "aws", "--give-up")
    assert (told.exit_code, "dibatalkan" in told.output) == (0, True), told.output
    assert aws.stored("") == []
    assert aws.clients.made("dynamodb").scan(TableName=settings["TABLE"])["Items"] == []
    house = build(Config.from_environment({}, data=office, address="http://localhost", rehearsal=False))
    house.office.records.owe([a_notice()])
    house.office.records.close()  # type: ignore[attr-defined]
    assert run(office, "move", "--to", "aws").exit_code == 0


def test_what_is_not_whole_is_not_moved_and_goes_on_as_it_was(run: Run, aws: cloud.Cloud, office: Path) -> None:
    min((office / "berkas" / "applications").rglob("ktp/*@*")).unlink()
    told = run(office, "move", "--to", "aws")
    assert (told.exit_code, "berkas ktp tidak ada" in told.stdout, "tidak utuh" in told.stderr) == (2, True, True)
    house = build(Config.from_environment({}, data=office, address="http://localhost", rehearsal=False))
    house.office.records.owe([a_notice()])
    house.office.records.close()  # type: ignore[attr-defined]
    assert aws.stored("") == []


def test_where_somebody_is_already_nothing_is_put(run: Run, aws: cloud.Cloud, clock: Clock, office: Path) -> None:
    aws.furnish(clock)  # with its officials
    told = run(office, "move", "--to", "aws")
    assert (told.exit_code, "Tempat tujuan sudah dipakai" in told.stderr) == (2, True)
    assert run(office, "move", "--to", "local").exit_code == 2
    house = build(Config.from_environment({}, data=office, address="http://localhost", rehearsal=False))
    house.office.records.owe([a_notice()])
    house.office.records.close()  # type: ignore[attr-defined]


def test_a_folder_is_filled_by_the_same_command_after_it_was_cut_short_or_turned_down(
    run: Run, aws: cloud.Cloud, office: Path
) -> None:
    """Cut short before anything was looked at; turned down as something is in the folder by then."""
    assert run(office, "move", "--to", "aws").exit_code == 0
    new, other = office.parent / "baru", office.parent / "lain"

    def stop(_: float) -> None:
        raise SystemExit(130)

    for folder in (new, other):
        assert run(folder, "move", "--to", "local", pause=stop).exit_code == 130
    given_up = run(other, "move", "--to", "local", "--give-up")
    assert (given_up.exit_code, "dibatalkan" in given_up.output) == (0, True), given_up.output
    assert is_free(other), [path.name for path in other.iterdir()]

    strange = new / "berkas" / "applications" / "a" / "ktp@000001.x"
    strange.parent.mkdir(parents=True)
    strange.touch()
    assert "Tempat tujuan sudah dipakai" in run(new, "move", "--to", "local").stderr
    strange.unlink()
    assert run(new, "move", "--to", "local").exit_code == 0


def test_half_filled_nothing_is_served(run: Run, aws: cloud.Cloud, office: Path, tmp_path: Path) -> None:
    with closing(SqliteRecords(office / "portal.sqlite", ["penerbitan"])) as records:
        records.mark_move(ARRIVING)
    told = run(office, "official", "list")
    assert (told.exit_code, "Pemindahan belum selesai" in told.stderr) == (2, True)


def test_links_that_were_sent_before_hold_at_both_ends(run: Run, aws: cloud.Cloud, office: Path) -> None:
    ssm = aws.clients.made("ssm")

    def read() -> list[str]:
        told = ssm.get_parameter(Name="/portal/link-keys", WithDecryption=True)
        return str(told["Parameter"]["Value"]).split()

    theirs, ours = read(), (office / "kunci").read_text().split()
    assert run(office, "move", "--to", "aws").exit_code == 0
    assert read() == [*theirs, *ours]
    assert run(office.parent / "lain", "move", "--to", "local").exit_code == 0
    assert (office.parent / "lain" / "kunci").read_text().split() == [*theirs, *ours]


# --- what is owed to be deleted ---


def the_draft(records: Any, clock: Clock) -> Draft:
    """Which nobody has sent, with its one document."""
    (found,) = (each for each in records.drafts_before(clock() + timedelta(days=1)) if len(each.documents) == 1)
    return cast("Draft", found)


def test_what_is_owed_to_be_deleted_goes_before_a_move_and_nothing_that_was_moved(
    run: Run, aws: cloud.Cloud, clock: Clock, office: Path, tmp_path: Path
) -> None:
    assert run(office, "move", "--to", "aws").exit_code == 0
    house = aws.furnish(clock)
    records: Any = house.office.records
    aws.settled("")
    draft = the_draft(records, clock)
    before = [key for key in aws.stored("") if not key.startswith(draft.folder)]
    assert aws.stored(draft.folder)
    house.office.files.delete(draft.documents[0].key)
    records.delete_draft(draft.id)
    kept = records.load(Stocktaking(house.office, house.erasing).tickets()[0]).documents[
        0
    ]  # as of a decision that came to nothing
    records.owe_deletion(kept.key, [kept.version])
    assert len(list(records.owed_deletions())) == 3

    folder = tmp_path / "kembali"
    back = run(folder, "move", "--to", "local")
    assert (back.exit_code, "Semua sudah pindah" in back.output) == (0, True), back.output
    assert (list(records.owed_deletions()), aws.stored(draft.folder)) == ([], [])
    assert sorted(aws.stored("")) == sorted(before)
    assert run(folder, "verify", "--all").exit_code == 0
    assert not [path for path in (folder / "berkas" / draft.folder).rglob("*") if path.is_file()]


def test_a_move_back_that_was_cut_short_before_the_deletions_does_them_when_it_goes_on(
    run: Run, aws: cloud.Cloud, clock: Clock, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(office, "move", "--to", "aws").exit_code == 0
    records: Any = aws.furnish(clock).office.records
    draft = the_draft(records, clock)
    records.delete_draft(draft.id)
    folder = tmp_path / "kembali"
    with monkeypatch.context() as patched:
        patched.setattr(Deletions, "carry_out", lambda _: 1 / 0)
        with pytest.raises(AssertionError):
            run(folder, "move", "--to", "local")
    assert aws.stored(draft.folder)
    back = run(folder, "move", "--to", "local")
    assert (back.exit_code, "Semua sudah pindah" in back.output) == (0, True), back.output
    assert (list(records.owed_deletions()), aws.stored(draft.folder)) == ([], [])
    assert run(folder, "verify", "--all").exit_code == 0
