"""The reckoning of ``make bench``: units by AWS's rule, money by the list of prices, and the tables that say so."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import stack
from bench import acts, bill, cold_start, cost, growth, many
from bench.meter import MAILER, MINUTE, NIGHT, REMINDER, Act, Call, route
from bench.tables import amount, table
from bench.units import by_rule, item_size, least, read_units, write_units

from portal.editions import read_sop

PRICES = {
    "emails": cost.Price(0.10, 1000, "emails", "Amazon SES pricing", date(2026, 11, 25), "the page"),
    "reads": cost.Price(0.25, 1_000_000, "read request units", "a page", date(2026, 11, 25), "elsewhere", check=True),
}


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(0, True, 1), (4096, True, 1), (4097, True, 2), (4097, False, 1), (0, False, 0.5)]
)
def test_a_read_takes_a_unit_for_every_four_kilobytes_begun_or_half_as_many(
    size: int, consistent: bool, units: float
) -> None:
    assert read_units(size, consistent=consistent) == units


@pytest.mark.parametrize(("size", "transactional", "units"), [(1, False, 1), (1024, False, 1), (1025, True, 4)])
def test_a_write_takes_a_unit_for_every_kilobyte_begun_and_twice_that_in_a_transaction(
    size: int, transactional: bool, units: float
) -> None:
    assert write_units(size, transactional=transactional) == units


def test_an_item_is_as_large_as_its_names_and_values() -> None:
    assert item_size({"PK": {"S": "ab"}, "n": {"N": "1234"}, "ya": {"BOOL": True}, "kosong": {"NULL": True}}) == 18
    assert item_size({"m": {"M": {"a": {"S": "é"}}}}) == 1 + 3 + 1 + 1 + 2
    assert item_size({"l": {"L": [{"S": "a"}, {"S": "b"}]}}) == 1 + 3 + 2 * 2


def test_calls_are_reckoned_from_what_was_asked_and_answered() -> None:
    large = {"PK": {"S": "x" * 5000}}
    assert by_rule("GetItem", {"ConsistentRead": True}, {"Item": large}) == (2, 0)
    assert by_rule("Query", {}, {"Items": [large, large]}) == (1.5, 0)
    assert by_rule("BatchGetItem", {"RequestItems": {"t": {}}}, {"Responses": {"t": [large, large]}}) == (2, 0)
    puts = [{"Put": {"Item": large}}, {"Delete": {"Key": {}}}]
    assert by_rule("TransactWriteItems", {"TransactItems": puts}, {}) == (0, 12)
    assert by_rule("UpdateItem", {}, {"Attributes": large}) == (0, 5)


def test_a_query_that_finds_nothing_is_not_free() -> None:
    assert least("Query", 0, consistent=False) == 0.5
    assert least("Query", 3, consistent=True) == 3


def test_money_is_the_amount_at_its_price_and_nothing_goes_without_one() -> None:
    assert cost.total({"emails": 500, "reads": 2_000_000}, PRICES) == pytest.approx(0.55)
    assert cost.unsure({"emails": 500, "reads": 2_000_000}, PRICES) == pytest.approx(0.50)
    with pytest.raises(KeyError):
        cost.total({"dragons": 1}, PRICES)


def test_a_bill_begins_with_the_dearest_and_says_what_is_still_to_be_checked() -> None:
    lines = cost.bill({"emails": 500, "reads": 2_000_000}, PRICES).splitlines()
    assert lines[2] == "| read request units | 2,000,000 | 0.25 / 1,000,000 | 0.5000 | to be checked |"
    assert lines[3].endswith("| 0.0500 |  |")
    assert lines[4] == "| **sum** |  |  | **0.55** | 0.50 to be checked |"


def test_every_price_says_where_and_when_it_was_seen() -> None:
    for price in cost.prices().values():
        assert price.usd >= 0
        assert price.per > 0
        assert price.page.endswith(("pricing", "capacity", "transfer"))
        assert price.where
        assert isinstance(price.seen, date)
        assert price.check == ("Jakarta" not in price.where and "all regions" not in price.where)


def template(**alarm: Any) -> Mapping[str, Any]:
    functions = ("ApiFunction", "MailerFunction", "ReminderFunction", "CompilationFunction")
    resources: dict[str, Any] = {name: {"Type": "F", "Properties": {"MemorySize": 2048}} for name in functions}
    rules = [{"Lifecycle": {"DeleteAfterDays": 35}}]
    plan = {"Type": "AWS::Backup::BackupPlan", "Properties": {"BackupPlan": {"BackupPlanRule": rules}}}
    return {"Resources": resources | {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}, "Plan": plan}}


def played() -> list[Act]:
    lookup = Act("GET /status/<ticket>", [Call("dynamodb", "Query", reads=1)], seconds=0.09, sent=1000)
    upload = Act("browser, POST to the bucket", [Call("s3", "PostObject")])
    mail = Act(MAILER, [Call("dynamodb", "UpdateItem", writes=3), Call("sesv2", "SendEmail")], seconds=0.08)
    return [lookup, upload, mail]


def test_a_thousand_applications_use_a_thousand_times_what_one_does() -> None:
    used = bill.applications(
        played(), template(), documents=4, visits=2, cold_start=0.5, kept_days=30, table_bytes=10_000, times=1000
    )
    assert used["lambda_requests"] == 2000
    assert used["gateway_requests"] == 1000
    assert used["lambda_gb_seconds"] == pytest.approx(1000 * 2 * (0.09 + 0.01 + 0.08 + 0.02 + 2 * 0.5))
    assert (used["dynamodb_reads"], used["dynamodb_writes"]) == (1000, 3000)
    assert (used["s3_writes"], used["ses_emails"]) == (1000, 1000)
    assert used["cloudfront_gb_out"] == pytest.approx(0.001)
    assert (used["waf_requests"], used["malware_objects"], used["malware_gb"]) == (1000, 8000, 6.4)
    assert used["backup_gb_months"] == pytest.approx(3.2 * (30 + 35) / 30.4)
    assert used.keys() <= cost.prices().keys()


def test_a_month_counts_every_minute_and_every_metric_of_an_alarm() -> None:
    minute, hour = Act(MINUTE, [Call("dynamodb", "Query", reads=0.5)] * 5), Act(REMINDER)
    night = Act(NIGHT, [Call("dynamodb", "Query", reads=3)])
    metrics = [{"Expression": "a + b"}, {"MetricStat": {}}, {"MetricStat": {}}]
    used = bill.month(minute, hour, night, template(Metrics=metrics), stack.at_the_edge())
    assert used["dynamodb_reads"] == pytest.approx(30.4 * (1440 * 2.5 + 2 * 3))
    assert used["schedules"] == pytest.approx(30.4 * (1440 + 24 + 2))
    assert used["alarm_metrics"] == 2
    assert bill.month(minute, hour, night, template(MetricName="Errors"), {"Resources": {}})["alarm_metrics"] == 1
    assert (used["waf_acls"], used["waf_rules"]) == (1, 1)
    assert used.keys() <= cost.prices().keys()


def test_what_somebody_does_is_told_with_its_calls_and_held_against_its_bound() -> None:
    lookup = acts.deed("status lookup", played())
    assert lookup.row() == ["status lookup", "1 Query", "1", "0", "0", "0", "0", "0"]
    assert lookup.verdict(acts.Bound(1, 0, 0)).endswith(": kept")
    assert lookup.verdict(acts.Bound(0, 0, 0)).endswith(": **not kept**")
    assert lookup.verdict(acts.Bound(0, 0, 0, "it is worth it")).endswith(": **not kept**: it is worth it")
    assert acts.deed("email", played() * 2).row()[1:4] == ["1 UpdateItem", "0", "3"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/status/TTE-26-4F7K-9QXM", "/status/<ticket>"),
        (f"/ajukan/{'0a' * 16}/berkas/ktp/terunggah", "/ajukan/<draft>/berkas/<kind>/terunggah"),
        (f"/telaah/{'x' * 70}.{'y' * 20}", "/telaah/<token>"),
        ("/telaah/TTE-26-4F7K-9QXM/berkas/ktp/1.jpg", "/telaah/<ticket>/berkas/<kind>/1.jpg"),
        ("/rekap", "/rekap"),
    ],
)
def test_an_address_is_named_without_what_differs_from_case_to_case(path: str, name: str) -> None:
    assert route(path, ["ktp", "surat"]) == name


def test_what_is_consumed_grows_only_by_more_than_a_longer_case_makes() -> None:
    few, as_many, more = growth.Consumed(1, 3, 10), growth.Consumed(1, 4, 10), growth.Consumed(1, 30, 10)
    assert not growth.grows([few, as_many])
    assert growth.grows([few, as_many, more])
    assert "| recap | 3 / 10 | 30 / 10 | **grows** |" in growth.report({10: {"recap": few}, 100: {"recap": more}})


def test_a_cold_start_is_told_as_a_ratio_to_the_bare_handler() -> None:
    def starts(*walls: float) -> list[cold_start.Start]:
        return [cold_start.Start(wall, wall / 2, {}) for wall in walls]

    found = {cold_start.BARE: starts(100, 110, 400, 90), cold_start.PORTAL: starts(120, 130, 480, 110)}
    report = cold_start.report(found)
    assert "| 105 ms | 1.00 | 1.00-1.00 | 52 ms | 1.00 |" in report
    assert "| 125 ms | 1.19 | 1.19-1.22 |" in report
    assert report.endswith("The page takes 1.19 times the bare handler; wanted is at most 1.25.")


def test_a_table_keeps_its_cells_apart_and_an_amount_its_digits_few() -> None:
    assert table(["a", "b"], [["x|y", 1]]) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |"
    assert [amount(value) for value in (0, 1250, 12.5, 0.5, 0.00312, 3.14159)] == [
        "0", "1,250", "12.5", "0.5", "0.0031", "3.14",
    ]  # fmt: skip


def test_many_services_differ_in_name_and_ticket_only(tmp_path: Path) -> None:
    names = many.lay_out(tmp_path / "schemas", 3)
    editions = [read_sop(tmp_path / "schemas" / name) for name in names]
    assert [edition.service for edition in editions] == names == ["penerbitan", "penerbitan_1", "penerbitan_2"]
    assert len({edition.ticket_prefix for edition in editions}) == 3
    assert len({len(edition.steps) for edition in editions}) == 1


def test_what_a_deed_asks_beside_many_services_stands_beside_what_it_asks_alone() -> None:
    alone = [Act("GET /status/<ticket>", [Call("dynamodb", "Query", 2, 0)])]
    crowded = [Act("GET /status/<ticket>", [Call("dynamodb", "Query", 3, 0)] * 2)]
    row = next(line for line in many.report({1: alone, 20: crowded}).splitlines() if "status lookup" in line)
    assert row == "| status lookup | 1 / 2 / 0 | 2 / 6 / 0 | 2, 3 |"
