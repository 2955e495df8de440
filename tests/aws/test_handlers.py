"""What the functions make of the events that they are handed, on the template's resources in moto."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cloud
import pytest
from botocore.exceptions import ClientError

import compilation
import deletion
import expiry
import mailer
import reminder
from portal.bootstrap_aws import RunFailed, build_aws
from portal.core.errors import Conflict, Unavailable
from portal.core.handouts import OVER
from portal.core.listing import line
from portal.core.notices import notice
from portal.engines.ports import CameBack
from portal.house import pages
from portal.usecases.retention import Retention
from tests.support import recapped
from tests.support.builders import after, application, official
from tests.support.commits import change, write
from tests.support.handled import KADIS, Hurried, Office

pytestmark = pytest.mark.cloud


@pytest.fixture
def office() -> Iterator[Office]:
    with cloud.cloud("https://tte.example.go.id") as aws:
        yield Office(aws)


def test_the_stream_alone_gets_an_email_sent_and_only_once(office: Office) -> None:
    office.owe("one")
    (batch,) = office.aws.batches()
    for _ in range(2):
        assert mailer.handler({"Records": batch}, Hurried(60_000), office.mailer) == {"batchItemFailures": []}
    assert [mail["to"] for mail in office.box.messages()] == [KADIS]


def test_the_stream_goes_on_after_a_transaction_that_was_taken_back(office: Office) -> None:
    office.owe("1")
    office.aws.stream()
    case = application()
    write(office.pages.office.records, case)
    with pytest.raises(Conflict):
        office.pages.office.records.commit(change(case))
    office.owe("2")
    office.aws.stream()
    assert list(office.pages.office.records.unsent()) == []


def test_a_change_of_an_email_already_told_of_is_not_told_again(office: Office) -> None:
    office.owe("one")
    office.aws.stream()
    assert office.aws.batches() == []


def test_a_store_that_cannot_answer_is_reported_from_the_first_record_on(office: Office) -> None:
    office.owe("one")
    office.owe("two")
    (batch,) = office.aws.batches()
    gone = replace(office.mailer.config, table="gone")
    broken = build_aws(gone, office.clock, office.aws.clients)
    answer = mailer.handler({"Records": batch}, Hurried(60_000), broken)
    assert answer == {"batchItemFailures": [{"itemIdentifier": batch[0]["dynamodb"]["SequenceNumber"]}]}
    assert mailer.handler({"Records": batch}, Hurried(60_000), office.mailer) == {"batchItemFailures": []}
    assert len(office.box.messages()) == 2


def test_what_the_relay_did_not_take_is_no_failure_and_goes_out_with_a_later_minute(office: Office) -> None:
    office.box.failing = True
    office.owe("one")
    office.aws.stream()
    office.box.failing = False
    assert office.box.messages() == []
    office.clock.forward(minutes=1)
    office.aws.minute()
    assert len(office.box.messages()) == 1


def test_one_email_that_fails_does_not_keep_a_minute_from_the_others(office: Office) -> None:
    office.owe("one")
    nobody = official("kadis", email="nobody@tarakankota.go.id").as_actor(office.pages.office.services.first)
    before = office.clock() - timedelta(days=1)
    office.pages.office.records.owe([notice("desk", nobody, about="meja", event=0, at=before)])
    office.aws.minute()
    assert [mail["to"] for mail in office.box.messages()] == [KADIS]


def test_a_minute_begins_nothing_that_it_could_not_end(office: Office) -> None:
    office.owe("one")
    mailer.handler({}, Hurried(mailer.ROOM), office.mailer)
    assert office.box.messages() == []
    mailer.handler({}, Hurried(mailer.ROOM + 1), office.mailer)
    assert len(office.box.messages()) == 1


def test_the_minute_tells_how_old_the_oldest_unsent_email_is(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.box.failing = True
    office.owe("one")
    office.clock.forward(minutes=20)
    found = mailer.handler({}, Hurried(60_000), office.mailer)
    assert 1200 <= found["OldestUnsentSeconds"] < 1260
    line = json.loads(capsys.readouterr().out)
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("Portal", [["FunctionName"]])
    assert {metric["Name"] for metric in described["Metrics"]} == found.keys()
    assert found.items() <= line.items()
    assert line["FunctionName"] == "portal-mailer"


def test_one_full_mailbox_hides_no_outage(office: Office) -> None:
    """What came back waits for hours, and is not late by our doing; what nobody has tried is."""
    office.owe("one")
    office.aws.stream()
    (sent,) = office.pages.office.records.notices("meja")
    word = CameBack([sent.identity], "452 4.2.2 mailbox full", final=False)
    office.pages.office.records.came_back(word, office.clock.at)
    office.clock.forward(hours=3)
    assert mailer.handler({}, Hurried(60_000), office.mailer)["OldestUnsentSeconds"] == 0
    office.box.failing = True
    office.owe("two")
    office.clock.forward(minutes=20)
    assert 1200 <= mailer.handler({}, Hurried(60_000), office.mailer)["OldestUnsentSeconds"] < 1300


def test_an_email_that_came_back_is_on_the_red_list(office: Office) -> None:
    office.owe("one")
    office.aws.stream()
    assert office.pages.outbox.red_list() == []
    for _ in range(2):
        office.aws.bounce(office.aws.sent()[0])
    (red,) = office.pages.outbox.red_list()
    assert (red.recipient, red.hopeless) == (KADIS, True)
    assert "550 5.1.1" in red.problem
    assert mailer.handler({}, Hurried(60_000), office.mailer)["RedEmails"] == 1


def test_a_function_without_the_keys_of_links_cannot_sign_one(office: Office) -> None:
    assert reminder.handler({}, Hurried(30_000), office.aws.houses["reminder"]) == {
        "cases": 0,
        "drafts": 0,
    }
    with pytest.raises(IndexError):
        office.aws.houses["reminder"].office.links.sign("meja", {"r": KADIS}, office.clock())


def test_a_night_adds_the_recap_up_and_the_page_says_no_other_than_before(office: Office) -> None:
    case, kept_in = application("withdraw"), office.pages.office
    write(kept_in.records, application())
    kept = {"outcome": "withdrawn", "office": "BKPSDM", "returns": 1, "valid_until": "", "minutes": {}}
    kept_in.records.commit(change(case, fact={"ticket": case.ticket, "closed": str(kept_in.today()), **kept}))
    office.clock.forward(days=45)
    page = pages(office.pages).test_client()
    before = page.get("/rekap.csv").get_data(), recapped.recap(kept_in)
    assert recapped.rows(kept_in) == ["2026-11 BKPSDM withdrawn 1, returns 1"]

    for compiled in (3, 0):
        answer = compilation.handler({}, Hurried(300_000), office.aws.houses["compilation"])
        assert answer == {"compiled": compiled}
    months = [(each.month, each.cases) for each in kept_in.records.compiled("penerbitan")]
    assert months == [("2026-11", 1), ("2026-12", 0), ("2027-01", 0)]
    assert (page.get("/rekap.csv").get_data(), recapped.recap(kept_in)) == before


@pytest.mark.parametrize(("days", "event", "gone"), [(90, {}, 1), (200, {}, 0), (200, {"everything": True}, 1)])
def test_a_night_forgets_what_fell_due_of_late_and_everything_when_asked(
    office: Office, days: int, event: dict[str, Any], gone: int
) -> None:
    case, kept_in = application("withdraw"), office.pages.office
    kept_in.files.write(f"applications/{case.ticket}/ktp/1", b"%PDF", "application/pdf")
    write(kept_in.records, application())
    kept_in.records.commit(change(case, fact={"ticket": case.ticket, "closed": str(kept_in.today())}))
    office.clock.forward(days=days)
    answer = expiry.handler(event, Hurried(60_000), office.aws.houses["expiry"])
    assert answer["forgotten"] == gone
    assert len(office.aws.stored("applications/")) == 1  # no night may delete
    office.aws.stream()
    assert len(office.aws.stored("applications/")) == 1 - gone


def test_a_night_erases_the_records_whose_years_are_over(office: Office) -> None:
    kept_in, sop = office.pages.office, office.pages.office.services.first
    old, running = application("withdraw"), application(number=2)
    for case in (old, running):
        write(kept_in.records, case)
        kept_in.records.keep_lines([line(case, sop)])
    office.clock.forward(days=4 * 366)
    assert expiry.handler({}, Hurried(60_000), office.aws.houses["expiry"])["erased"] == 0
    office.clock.forward(days=400)
    assert expiry.handler({}, Hurried(60_000), office.aws.houses["expiry"])["erased"] == 1
    assert kept_in.records.load(old.ticket).erased
    assert kept_in.records.load(running.ticket).form
    assert [each.what for each in kept_in.records.handouts()] == [OVER]


def test_what_stops_one_chore_of_a_night_stops_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    house = office.aws.houses["expiry"]
    kept_in, sop = office.pages.office, office.pages.office.services.first
    old = application("withdraw")
    write(kept_in.records, old)
    kept_in.records.keep_lines([line(old, sop)])
    office.clock.forward(days=5 * 366)
    with monkeypatch.context() as patched:
        patched.setattr(Retention, "forget_documents", lambda _: Failing().delete_for_good("", ""))
        with pytest.raises(RunFailed):
            expiry.handler({}, Hurried(60_000), house)
    assert kept_in.records.load(old.ticket).erased
    assert all(kept_in.records.reached(f"{chore}/{sop.service}") for chore in ("register", "lines"))


def test_what_is_owed_is_deleted_when_the_stream_tells_and_else_by_the_clock(office: Office) -> None:
    files = office.pages.office.files
    for id in ("a1", "a2"):
        files.write(f"drafts/{id}/ktp", b"%PDF", "application/pdf")
    files.delete("drafts/a1/")
    office.aws.stream()
    assert office.aws.stored("drafts/") == ["drafts/a2/ktp"]
    files.delete("drafts/a2/")
    office.aws.overlook()
    office.aws.minute()
    assert office.aws.stored("drafts/") == []


def test_a_deletion_that_fails_is_told_by_the_clock_and_holds_up_no_stream(office: Office) -> None:
    house = office.aws.houses["deletion"]
    office.pages.office.files.delete("drafts/a1/")
    failing: Any = replace(house.engine, deleting=(house.engine.deleting[0], Failing()))  # type: ignore[index]
    house = replace(house, engine=failing)
    assert deletion.handler({"Records": []}, Hurried(60_000), house) == {"settled": 0}
    with pytest.raises(RunFailed):
        deletion.handler({}, Hurried(60_000), house)
    assert deletion.handler({}, Hurried(20_000), office.aws.houses["deletion"]) == {"settled": 0}
    assert deletion.handler({}, Hurried(60_000), office.aws.houses["deletion"]) == {"settled": 1}


class Failing:
    def delete_for_good(self, target: str, version: str) -> None:
        raise Unavailable("store_unavailable")


def test_a_transaction_whose_answer_came_too_late_is_not_done_twice(office: Office) -> None:
    """As AWS does it; without, every answer that a busy machine waits for too long would look like somebody else's."""
    table = office.aws.clients.made("dynamodb")
    item = {"PK": {"S": "once"}, "SK": {"S": "once"}}
    put = {"TableName": office.aws.stack.resources["Table"], "Item": item}
    for token, error in (("a", None), ("a", None), ("b", "TransactionCanceledException")):
        with pytest.raises(ClientError, match=error) if error else nullcontext():
            table.transact_write_items(
                TransactItems=[{"Put": {**put, "ConditionExpression": "attribute_not_exists(PK)"}}],
                ClientRequestToken=token,
            )


def test_a_night_that_finds_nothing_to_do_looks_at_as_much_however_many_cases_are_closed(office: Office) -> None:
    records: Any = office.pages.office.records
    looked_at: list[int] = []

    def closed(numbers: range) -> None:
        for number in numbers:
            case = write(records, application(number=number))
            fact = {"ticket": case.ticket, "closed": str(office.pages.office.today()), "outcome": "done"}
            records.commit(change(after(case, "withdraw"), fact=fact))
            records.keep_lines([line(case, office.pages.office.services.first)])

    def a_night() -> int:
        """In a new process."""
        office.clock.forward(days=1)
        office.pages, house = office.aws.furnish(office.clock), office.aws.houses["expiry"]
        table: Any = house.office.records
        events = table._table._client.meta.events
        events.register("after-call.dynamodb.Query", lambda parsed, **_: looked_at.append(parsed["Count"]))
        looked_at.clear()
        answer = expiry.handler({}, Hurried(60_000), house)
        assert (answer["forgotten"], answer["erased"], answer["listed"]) == (0, 0, 0)
        return sum(looked_at)

    def second_night_after(numbers: range) -> int:
        closed(numbers)
        office.clock.forward(days=13)
        a_night()
        return a_night()

    assert second_night_after(range(1, 3)) == second_night_after(range(3, 23))
