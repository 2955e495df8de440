"""The template's guards: alarms, whoever asks too often or by the wrong door, mail's records, copies of documents."""

import json
import re
from typing import Any

import pytest
import stack
from werkzeug.test import Client

from portal import bootstrap_aws
from tests.support.places import ROOT
from tests.support.template import FUNCTIONS, listed, resources, statements


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return stack.translated()


def test_what_slows_down_or_is_refused_is_an_alarm_before_people_call(template: dict[str, Any]) -> None:
    alarms = resources(template, "AWS::CloudWatch::Alarm")
    watched = {
        json.dumps(part.get("MetricName") or part.get("MetricStat", {}).get("Metric", {}).get("MetricName"))
        for alarm in alarms.values()
        for part in [alarm, *alarm.get("Metrics", [])]
    }
    wanted = {"4xx", "5xx", "IteratorAge", "ReadThrottleEvents", "WriteThrottleEvents", "Duration", "Send"}
    assert {f'"{name}"' for name in wanted} <= watched
    limits = {name: template["Resources"][f"{name}Function"]["Properties"]["Timeout"] * 1000 for name in FUNCTIONS}
    assert alarms["SlowPagesAlarm"]["Threshold"] < limits["Api"]
    throttled = alarms["TableThrottlesAlarm"]["Metrics"][0]["Expression"]  # each is only there when it happens
    assert throttled == "FILL(reads, 0) + FILL(writes, 0)"
    told = alarms["SlowNightAlarm"]["Metrics"][0]["Expression"]
    for name, most in re.findall(r"(\w+) / (\d+)", told):
        assert int(most) == limits[name.title()] * 0.8, name


# --- who asks too often, and how ---


def test_one_address_that_asks_without_end_is_held_back_at_the_edge(template: dict[str, Any]) -> None:
    edge_template = stack.at_the_edge()
    (acl,) = resources(edge_template, "AWS::WAFv2::WebACL").values()
    (rule,) = acl["Rules"]
    rate = rule["Statement"]["RateBasedStatement"]
    assert (acl["Scope"], rate["AggregateKeyType"], rate["Limit"]) == (
        "CLOUDFRONT",
        "IP",
        {"Ref": "RequestsInFiveMinutes"},
    )
    assert "Block" in rule["Action"]
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"] == {"Ref": "WebAclArn"}
    assert "WebAclArn" in edge_template["Outputs"]


@pytest.mark.parametrize(("word", "status"), [("only-cloudfront-knows", 200), ("guessed", 403), ("", 403)])
def test_whoever_calls_the_gateway_by_its_own_name_is_refused(word: str, status: int) -> None:
    def app(request: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"a page"]

    gateway = Client(bootstrap_aws.through_cloudfront(app, "only-cloudfront-knows"))
    assert gateway.get("/", headers={"X-Origin-Word": word}).status_code == status
    assert Client(bootstrap_aws.through_cloudfront(app, "")).get("/").status_code == 200


def test_who_types_http_is_led_to_https(template: dict[str, Any]) -> None:
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    found = {one["ViewerProtocolPolicy"] for one in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]}
    assert found == {"redirect-to-https"}


# --- mail ---


def test_mail_is_of_the_domain_that_people_see_and_comes_back_to_the_portal_alone(template: dict[str, Any]) -> None:
    (identity,) = resources(template, "AWS::SES::EmailIdentity").values()
    assert identity["MailFromAttributes"]["MailFromDomain"] == {"Fn::Sub": "balik.${MailDomain}"}
    assert identity["FeedbackAttributes"] == {"EmailForwardingEnabled": False}
    (settings,) = resources(template, "AWS::SES::ConfigurationSet").values()
    assert settings["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert {"MailFromMx", "MailFromSpf"} <= template["Outputs"].keys()


def test_documents_are_copied_every_night_where_no_function_reaches(template: dict[str, Any]) -> None:
    (plan,) = resources(template, "AWS::Backup::BackupPlan").values()
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    assert (rule["TargetBackupVault"], rule["Lifecycle"]) == ({"Ref": "DocumentVault"}, {"DeleteAfterDays": 35})
    (selection,) = resources(template, "AWS::Backup::BackupSelection").values()
    assert selection["BackupSelection"]["Resources"] == [{"Fn::GetAtt": ["DocumentBucket", "Arn"]}]
    allowed = {action for f in FUNCTIONS for s in statements(template, f) for action in listed(s["Action"])}
    assert not any(action.startswith("backup:") for action in allowed)


def test_versions_of_documents_are_deleted_by_one_role_alone(template: dict[str, Any]) -> None:
    roles = resources(template, "AWS::IAM::Role")
    may = {
        name
        for name, role in roles.items()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
        if action in ("s3:*", "*") or action.startswith(("s3:Delete", "s3:PutLifecycle", "s3:PutBucketVersioning"))
    }
    assert may == {"DeletionRole"}
    woken = template["Resources"]["DeletionFunctionOwed"]["Properties"]
    assert woken["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert template["Resources"]["DeletionFunctionStillOwed"]["Properties"]["ScheduleExpression"] == "rate(5 minutes)"


def test_a_stack_may_use_the_headers_of_another_and_then_makes_none(template: dict[str, Any]) -> None:
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    used = {
        json.dumps(one["ResponseHeadersPolicyId"])
        for one in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    }
    for name in ("Page", "Site"):
        shared, own = f"Shared{name}Headers", f"{name}Headers"
        assert json.dumps({"Fn::If": [f"Own{own}", {"Ref": own}, {"Ref": shared}]}) in used
        assert template["Conditions"][f"Own{own}"] == {"Fn::Equals": [{"Ref": shared}, ""]}
        assert template["Resources"][own]["Condition"] == template["Outputs"][own]["Condition"] == f"Own{own}"
        # One policy serves any address: none is named in it.
        assert "DomainName" not in json.dumps(template["Resources"][own])
    assert len(used) == 2


def test_what_one_stack_takes_is_what_the_docs_say(template: dict[str, Any]) -> None:
    said = (ROOT / "site" / "developers" / "aws.md").read_text("utf-8")
    taken = dict(re.findall(r"^\| (.+?) \| ([0-9])(?: each)? \|", said, re.MULTILINE))
    functions = resources(template, "AWS::Lambda::Function").values()
    # Reserved unless somebody says no.
    reserved = sum(
        one["ReservedConcurrentExecutions"]["Fn::If"][1] for one in functions if "ReservedConcurrentExecutions" in one
    )
    assert int(taken["reserved concurrency of functions"]) == reserved
    counted = {
        "CloudFront response-headers policies": "ResponseHeadersPolicy",
        "CloudFront functions, origin access controls, web ACLs": "Function",
        "distributions": "Distribution",
    }
    for row, kind in counted.items():
        assert int(taken[row]) == len(resources(template, f"AWS::CloudFront::{kind}")), row
