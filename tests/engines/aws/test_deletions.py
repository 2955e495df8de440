"""Who may not delete owes it: the contract of files holds once it is done, and nothing is lost in between."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.erasing import Ground
from portal.core.errors import NotFound, Unavailable
from portal.engines.aws.deletions import OwingFiles
from portal.engines.aws.files import S3Files
from portal.engines.aws.records import DynamoRecords
from portal.engines.owed_deletions import Deletion, OwesDeletions
from portal.office import Office
from portal.usecases.deletions import Deletions
from portal.usecases.dossiers import Dossiers
from portal.usecases.drafts import Drafts
from portal.usecases.erasing import Erasing
from portal.usecases.handouts import Handouts
from tests.support.aws_wire import BUCKET, Wire, refuses_in_xml, says
from tests.support.builders import draft as a_draft
from tests.support.contract_files import KEY, PDF, FilesContract, Upload
from tests.support.on_aws import moved, post
from tests.support.stage import Stage
from tests.support.ways import FORM, WAYS

pytestmark = pytest.mark.cloud

CLERK = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
LEFT_BEHIND = b"<DeleteResult><Error><Key>k</Key><Code>InternalError</Code></Error></DeleteResult>"


class _Settling(OwingFiles):
    """As if the function that may delete were woken at once."""

    def delete(self, prefix: str) -> None:
        super().delete(prefix)
        for owed in list(self._owed.owed_deletions()):
            self.files.delete_for_good(owed.target, owed.version)
            self._owed.deletion_done(owed)
        assert not self.is_leaving(prefix)


class TestFilesOfWhoMayNotDelete(FilesContract):
    @pytest.fixture
    def files(self, files: S3Files, records: DynamoRecords) -> OwingFiles:
        return _Settling(files, records)

    @pytest.fixture
    def upload(self) -> Upload:
        return post


@pytest.fixture
def owing(files: S3Files, records: DynamoRecords) -> OwingFiles:
    return OwingFiles(files, records)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.fixture
def office(stage: Stage, records: DynamoRecords, owing: OwingFiles) -> Office:
    return replace(stage.office, records=records, files=owing)


@pytest.fixture
def deletions(office: Office, records: DynamoRecords, files: S3Files) -> Deletions:
    return Deletions(office, records, files)


def versions(s3: Any, prefix: str = "") -> list[str]:
    return [each["Key"] for each in s3.list_object_versions(Bucket=BUCKET, Prefix=prefix).get("Versions", ())]


def erase(office: Office) -> None:
    Erasing(office, Handouts(office)).erase(Dossiers(office).find(FORM["nik"]), Ground.DECREE, "Surat 800/12", CLERK)


def test_records_on_aws_owe_deletions(records: DynamoRecords) -> None:
    assert isinstance(records, OwesDeletions)


def test_what_is_forgotten_is_unknown_at_once_and_gone_only_after(owing: OwingFiles, s3: Any) -> None:
    owing.write(KEY, b"a", PDF)
    owing.delete(KEY)
    with pytest.raises(NotFound):
        owing.stat(KEY)
    assert owing.is_leaving("drafts/a1/")
    assert versions(s3) == [KEY]


def test_who_may_not_delete_asks_s3_for_no_deletion(owing: OwingFiles, s3: Any) -> None:
    owing.write(KEY, b"a", PDF)
    wire = Wire(s3)
    owing.delete(KEY)
    owing.delete("drafts/a1/")
    assert not [asked for asked in wire.asked if asked.startswith("Delete")]


@pytest.mark.parametrize("prefix", ["", "/"])
def test_no_prefix_can_owe_everything(owing: OwingFiles, records: DynamoRecords, prefix: str) -> None:
    owing.write(KEY, b"a", PDF)
    if prefix:
        with pytest.raises(NotFound):
            owing.delete(prefix)
    else:
        owing.delete(prefix)
    assert not list(records.owed_deletions())


@pytest.mark.parametrize("forgotten", [KEY, KEY.rpartition("/")[0] + "/"])
def test_a_file_that_comes_in_by_the_same_form_stays(owing: OwingFiles, deletions: Deletions, forgotten: str) -> None:
    owing.write(KEY, b"refused", PDF)
    owing.delete(forgotten)
    with pytest.raises(NotFound):
        owing.stat(KEY)
    assert owing.is_leaving(forgotten)
    later = owing.write(KEY, b"the right one", PDF)
    assert owing.stat(KEY) == later
    deletions.carry_out()
    assert owing.read(KEY, later.version) == b"the right one"
    assert not owing.is_leaving(forgotten)


def test_of_a_folder_within_a_draft_every_version_that_is_there_goes(
    owing: OwingFiles, deletions: Deletions, s3: Any
) -> None:
    for key in (KEY, KEY, f"{KEY}-checked", "drafts/a1/other/x"):
        owing.write(key, b"a", PDF)
    owing.delete(KEY.rpartition("/")[0] + "/")
    deletions.carry_out()
    assert versions(s3) == ["drafts/a1/other/x"]


# --- a case that is erased ---


def test_an_erased_case_s_files_are_owed_with_its_tombstone_and_then_gone(
    stage: Stage, office: Office, deletions: Deletions, records: DynamoRecords, s3: Any
) -> None:
    number = stage.case(*WAYS["done"])
    moved(stage, number, office, records)
    stage.clock.forward(days=365 * 3)
    erase(office)
    stone = records.load(number)
    assert stone.erased
    assert Deletion(f"applications/{number}/", decided=True) in list(records.owed_deletions())
    assert versions(s3, f"applications/{number}/")
    assert not Erasing(office, Handouts(office)).is_done(number)
    assert deletions.carry_out() > 0
    assert Erasing(office, Handouts(office)).is_done(number)
    assert (versions(s3), list(records.owed_deletions())) == ([], [])
    assert deletions.carry_out() == 0


def test_a_case_whose_erasing_came_to_nothing_keeps_its_files(
    stage: Stage, office: Office, deletions: Deletions, records: DynamoRecords, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short after its files were owed, before its tombstone: who looks after deletions looks at the case."""
    number = stage.case(*WAYS["rejected"])
    moved(stage, number, office, records)
    before = versions(s3, "applications/")
    with monkeypatch.context() as patched:
        patched.setattr(DynamoRecords, "erase", _cut_short)
        with pytest.raises(Unavailable):
            erase(office)
    deletions.carry_out()
    assert versions(s3, "applications/") == before
    erase(office)
    deletions.carry_out()
    assert versions(s3) == []


def _cut_short(*_: object) -> None:
    raise Unavailable("store_unavailable")


# --- drafts ---


def test_a_forgotten_draft_s_files_are_owed_in_the_same_transaction(
    office: Office, records: DynamoRecords, wire: Wire, s3: Any, deletions: Deletions
) -> None:
    draft = a_draft(id="a1")
    records.save_draft(draft)
    office.files.write(f"{draft.folder}ktp/x", b"a", PDF)
    records.delete_draft("a1")
    last = wire.bodies[-1].decode()
    assert wire.asked[-1] == "TransactWriteItems"
    assert '"Delete"' in last
    assert f"{draft.folder}#decided" in last
    deletions.carry_out()
    assert versions(s3) == []


def test_a_draft_that_was_not_forgotten_after_all_keeps_its_files(
    office: Office, records: DynamoRecords, s3: Any, deletions: Deletions
) -> None:
    draft = a_draft(id="a1")
    records.save_draft(draft)
    office.files.write(f"{draft.folder}ktp/x", b"a", PDF)
    office.files.delete(draft.folder)  # and cut short before the draft goes
    deletions.carry_out()
    assert versions(s3) == [f"{draft.folder}ktp/x"]
    Drafts(office).forget(records.load_draft("a1"))
    deletions.carry_out()
    assert versions(s3) == []


# --- what fails ---


def test_what_cannot_be_deleted_is_owed_still_and_holds_up_nothing_else(
    owing: OwingFiles, records: DynamoRecords, deletions: Deletions, s3: Any
) -> None:
    for id in ("a1", "a2"):
        owing.write(f"drafts/{id}/ktp", b"a", PDF)
        owing.delete(f"drafts/{id}/")
    Wire(s3).answers["DeleteObjects"] = [says(LEFT_BEHIND)]
    with pytest.raises(Unavailable):
        deletions.carry_out()
    assert [owed.target for owed in records.owed_deletions()] == ["drafts/a1/"]
    assert deletions.carry_out() == 1
    assert versions(s3) == []


def test_a_bucket_that_says_deleted_and_has_it_still_is_not_believed(
    owing: OwingFiles, records: DynamoRecords, deletions: Deletions, s3: Any
) -> None:
    owing.write(KEY, b"a", PDF)
    owing.delete(KEY)
    Wire(s3).answers["DeleteObjects"] = [says(b"<DeleteResult></DeleteResult>")]
    with pytest.raises(Unavailable):
        deletions.carry_out()
    assert len(list(records.owed_deletions())) == 1


def test_a_kill_between_deleting_and_settling_is_made_up_for(
    owing: OwingFiles, files: S3Files, deletions: Deletions
) -> None:
    owing.write(KEY, b"a", PDF)
    owing.delete(KEY)
    files.delete(KEY)  # and killed here
    assert deletions.carry_out() == 1
    assert not owing.is_leaving(KEY)


def test_without_time_nothing_is_begun(owing: OwingFiles, records: DynamoRecords, deletions: Deletions) -> None:
    owing.delete("drafts/a1/")
    never: Callable[[], bool] = lambda: False  # noqa: E731
    assert deletions.carry_out(never) == 0
    assert list(records.owed_deletions())


def test_a_bucket_that_cannot_answer_now_leaves_it_owed(owing: OwingFiles, deletions: Deletions, s3: Any) -> None:
    owing.write(KEY, b"a", PDF)
    owing.delete("drafts/a1/")
    wire = Wire(s3)
    wire.always = refuses_in_xml("SlowDown", 503)
    with pytest.raises(Unavailable):
        deletions.carry_out()
    wire.always = None
    assert owing.is_leaving("drafts/a1/")
    assert deletions.carry_out() == 1
