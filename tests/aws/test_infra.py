"""The template against AWS's own rules (cfn-lint), against moto, and against the code that it deploys."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import cloud
import pytest
import stack

from portal import bootstrap, edge, house
from portal.config import Config
from portal.editions import read_sop
from portal.engines.aws.deletions import DELETIONS
from portal.usecases import outbox
from tests.support import builders
from tests.support.places import ROOT
from tests.support.template import FUNCTIONS, listed, resources, statements

DEMANDED = {
    "DataKey": "the policy of a key speaks of that key only, as *",
    "DocumentBucketPolicy": "everybody is refused without TLS, on every object",
    "SiteBucketPolicy": "everybody is refused without TLS, and the distribution reads every page",
}
"""Resources that end in * outside the functions' roles, and why."""

OBJECTS = {
    "Api": "documents are under keys that the portal makes",
    "Deletion": "the files of any draft or case",
    "Malware": "the files of any draft, and a rule whose name GuardDuty makes up",
    "Mailer": "Lambda lists the streams of the one table",
}
"""Roles with a resource that ends in /*, and why; none is * itself."""


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return stack.translated()


@pytest.fixture(scope="module")
def aws() -> Iterator[cloud.Cloud]:
    with cloud.cloud("https://tte.example.go.id") as made:
        yield made


# --- AWS's rules -----------------------------------------------------------------------------------------------------


@pytest.mark.cloud
@pytest.mark.parametrize(("file", "region"), [("template.yaml", "ap-southeast-3"), ("edge.yaml", "us-east-1")])
def test_the_linter_finds_nothing(file: str, region: str) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    found = subprocess.run(
        [linter, "-r", region, "-t", ROOT / "infra" / file], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_every_stage_gives_every_parameter_that_has_no_default(template: dict[str, Any]) -> None:
    import tomllib

    stages = tomllib.loads((ROOT / "infra" / "samconfig.toml").read_text("utf-8"))
    for stage in ("test", "production"):
        deploy = stages[stage]["deploy"]["parameters"]
        given = {entry.partition("=")[0] for entry in deploy["parameter_overrides"]}
        assert deploy["region"] == stack.REGION
        assert given <= template["Parameters"].keys()
        assert {key for key, value in template["Parameters"].items() if "Default" not in value} <= given


# --- what is made ----------------------------------------------------------------------------------------------------


@pytest.mark.cloud
def test_the_table_is_made_as_the_engine_wants_it(aws: cloud.Cloud, template: dict[str, Any]) -> None:
    table = aws.clients.made("dynamodb").describe_table(TableName=aws.stack.resources["Table"])["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("PK", "HASH"), ("SK", "RANGE")]
    (index,) = table["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["Projection"]) == ("GSI1", {"ProjectionType": "KEYS_ONLY"})
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["GSI1PK", "GSI1SK"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert table["DeletionProtectionEnabled"]
    # moto's CloudFormation passes over these.
    (wanted,) = resources(template, "AWS::DynamoDB::Table").values()
    assert wanted["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert wanted["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert wanted["SSESpecification"]["SSEType"] == "KMS"


@pytest.mark.cloud
def test_documents_are_encrypted_kept_in_versions_and_taken_from_our_pages_only(aws: cloud.Cloud) -> None:
    s3 = aws.clients.made("s3")
    (rule,) = s3.get_bucket_encryption(Bucket=aws.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert s3.get_bucket_versioning(Bucket=aws.bucket)["Status"] == "Enabled"
    (cors,) = s3.get_bucket_cors(Bucket=aws.bucket)["CORSRules"]
    assert (cors["AllowedOrigins"], cors["AllowedMethods"]) == (["https://tte.example.go.id"], ["POST"])


def test_no_bucket_is_public_or_spoken_to_without_tls(template: dict[str, Any]) -> None:
    buckets = resources(template, "AWS::S3::Bucket")
    policies = {policy["Bucket"]["Ref"]: policy for policy in resources(template, "AWS::S3::BucketPolicy").values()}
    assert len(buckets) == 2
    for name, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        denial = policies[name]["PolicyDocument"]["Statement"][0]
        assert (denial["Effect"], denial["Principal"], denial["Action"]) == ("Deny", "*", "s3:*")
        assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert len(denial["Resource"]) == 2


def test_the_bucket_forgets_no_document_that_somebody_may_still_want(template: dict[str, Any]) -> None:
    """A draft that mends a returned case waits as long as its applicant does, and lies where nothing expires."""
    rules = template["Resources"]["DocumentBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    days = read_sop(ROOT / "schemas" / "penerbitan").data["draft_days"]
    assert expiring == {"drafts/": 60}
    assert expiring["drafts/"] > days, "the portal's own sweep comes first"
    assert builders.draft().folder.startswith("drafts/")
    assert builders.draft(mends="TTE-26-4F7K-9QXM").folder.startswith("mending/")
    assert all("NoncurrentVersionExpiration" in rule for rule in rules if "Prefix" in rule)


def test_a_visit_is_reminded_of_a_day_before_whatever_its_hour(template: dict[str, Any]) -> None:
    (rule,) = (
        r["Properties"]
        for r in template["Resources"].values()
        if r["Type"] == "AWS::Events::Rule" and "ReminderFunction" in str(r["Properties"]["Targets"])
    )
    assert rule["ScheduleExpression"] == "rate(5 minutes)"


def test_what_holds_data_outlives_the_stack(template: dict[str, Any]) -> None:
    """And whatever the template makes that could hold some says so."""
    fates = {
        key: (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        for key, resource in template["Resources"].items()
        if resource["Type"].split("::")[1] in ("DynamoDB", "S3", "KMS", "SQS", "Logs")
        and resource["Type"] != "AWS::S3::BucketPolicy"
    }
    # A first deployment that fails leaves nothing behind but the table, which is protected from being deleted.
    taken_back = {key for key, fate in fates.items() if fate == ("RetainExceptOnCreate", "Retain")}
    assert taken_back == {"DataKey", "DocumentBucket", "SiteBucket"}
    retained = taken_back | {key for key, fate in fates.items() if fate == ("Retain", "Retain")}
    assert retained == {"DataKey", "Table", "DocumentBucket", "SiteBucket"}
    assert {fate for key, fate in fates.items() if key not in retained} == {("Delete", "Delete")}


@pytest.mark.cloud
def test_functions_their_stream_and_their_schedules_are_made(aws: cloud.Cloud) -> None:
    functions = {f["FunctionName"]: f for f in aws.clients.made("lambda").list_functions()["Functions"]}
    assert set(functions) == {f"portal-{name.lower()}" for name in FUNCTIONS}
    assert {function["Runtime"] for function in functions.values()} == {"python3.13"}
    assert len({function["Role"] for function in functions.values()}) == len(FUNCTIONS)
    mappings = aws.clients.made("lambda").list_event_source_mappings()["EventSourceMappings"]
    woken = {mapping["FunctionArn"].rpartition(":")[2]: mapping for mapping in mappings}
    assert set(woken) == {"portal-mailer", "portal-deletion"}
    assert woken["portal-mailer"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    # It never fails what the stream hands it: all that is owed is looked at again by the schedule.
    assert not woken["portal-deletion"].get("FunctionResponseTypes")
    (pattern,) = woken["portal-deletion"]["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {"eventName": ["INSERT"], "dynamodb": {"Keys": {"PK": {"S": [DELETIONS]}}}}
    assert woken["portal-deletion"]["EventSourceArn"] == woken["portal-mailer"]["EventSourceArn"]
    for mapping in mappings:
        assert mapping["DestinationConfig"]["OnFailure"]["Destination"].split(":")[-1].startswith("portal-DeadLetters")
    rules = aws.clients.made("events").list_rules()["Rules"]
    schedules = sorted(rule["ScheduleExpression"] for rule in rules if "ScheduleExpression" in rule)
    assert schedules == ["cron(0 17 * * ? *)", "cron(15 16 * * ? *)", "rate(1 minute)", *["rate(5 minutes)"] * 2]
    groups = aws.clients.made("logs").describe_log_groups()["logGroups"]
    assert {(group["logGroupName"], group["retentionInDays"]) for group in groups} == {
        (f"/aws/lambda/{name}", 90) for name in functions
    }


def test_every_handler_is_there_and_a_few_lines(template: dict[str, Any]) -> None:
    for name in FUNCTIONS:
        module, _, handler = template["Resources"][f"{name}Function"]["Properties"]["Handler"].partition(".")
        source = (ROOT / "functions" / f"{module}.py").read_text("utf-8")
        tree = ast.parse(source)
        assert handler in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert len(source.splitlines()) < 100
        plain = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Expr)
        assert all(isinstance(node, plain) for node in tree.body)


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_of_every_function_that_fails_or_is_held_back_the_office_hears(template: dict[str, Any], metric: str) -> None:
    total, *parts = template["Resources"][f"{metric}Alarm"]["Properties"]["Metrics"]
    watched = {part["Id"]: part["MetricStat"]["Metric"] for part in parts}
    assert set(total["Expression"].split(" + ")) == set(watched) == {name.lower() for name in FUNCTIONS}
    for name in FUNCTIONS:
        found = watched[name.lower()]
        assert (found["MetricName"], found["Dimensions"][0]["Value"]) == (metric, {"Ref": f"{name}Function"})


@pytest.mark.cloud
def test_what_moto_passes_over_is_what_the_docs_of_the_stack_say(aws: cloud.Cloud) -> None:
    families = {kind.split("::")[1] for kind in aws.stack.left_out}
    assert families == {"ApiGatewayV2", "Backup", "CloudFront", "CloudWatch", "GuardDuty", "Lambda", "S3", "SES"}


# --- the code --------------------------------------------------------------------------------------------------------


def test_every_variable_that_the_code_reads_is_declared_and_the_other_way_round(template: dict[str, Any]) -> None:
    declared = {
        key for f in resources(template, "AWS::Lambda::Function").values() for key in f["Environment"]["Variables"]
    }
    # Which services there are, a function takes from office.toml; where that lies, ``config.chosen`` reads.
    assert declared == read_from_environment(ROOT / "functions" / "portal" / "bootstrap_aws.py") | {"SCHEMAS"}
    elsewhere = [*(ROOT / "functions").glob("*.py"), ROOT / "functions" / "portal" / "house.py"]
    assert [path.name for path in elsewhere if read_from_environment(path)] == []


def read_from_environment(path: Path) -> set[str]:
    """Names given to ``environ.get``, ``environ[...]`` or ``os.getenv``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr == "getenv" or (node.func.attr == "get" and "environ" in ast.unparse(node.func.value)):
                found.add(ast.literal_eval(node.args[0]))
        elif isinstance(node, ast.Subscript) and "environ" in ast.unparse(node.value):
            found.add(ast.literal_eval(node.slice))
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_told_of_exactly_what_it_may_reach(template: dict[str, Any], function: str) -> None:
    services = {a.split(":")[0] for s in statements(template, function) for a in listed(s["Action"])}
    leads_to = {
        "TABLE": "dynamodb",
        "DOCUMENT_BUCKET": "s3",
        "LINK_KEYS_PARAMETER": "ssm",
        "SENDER": "ses",
        "CONFIGURATION_SET": "ses",
    }
    told = template["Resources"][f"{function}Function"]["Properties"]["Environment"]["Variables"]
    assert {name for name, service in leads_to.items() if service in services} == told.keys() & leads_to.keys()


def test_a_page_is_given_up_before_the_gateway_does_and_an_email_within_its_lease(
    template: dict[str, Any],
) -> None:
    timeouts = {name: template["Resources"][f"{name}Function"]["Properties"]["Timeout"] for name in FUNCTIONS}
    assert timeouts["Api"] < 30
    assert timedelta(seconds=timeouts["Mailer"]) < outbox.LEASE


# --- permissions -----------------------------------------------------------------------------------------------------


def test_nothing_is_allowed_on_everything_but_where_aws_demands_it(template: dict[str, Any]) -> None:
    wide: dict[str, list[str]] = {}
    for key, resource in template["Resources"].items():
        for statement in every_statement(resource):
            texts = [json.dumps(one) for one in listed(statement.get("Resource", []))]
            wide.setdefault(key, []).extend(text for text in texts if text.rstrip('}" ').endswith("*"))
    assert {key for key, found in wide.items() if found} == DEMANDED.keys() | {f"{name}Role" for name in OBJECTS}
    for name in FUNCTIONS:
        assert '"*"' not in wide[f"{name}Role"]
        assert not [a for s in statements(template, name) for a in listed(s["Action"]) if "*" in a]


def every_statement(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("Effect") in ("Allow", "Deny"):
            yield value
        for part in value.values():
            yield from every_statement(part)
    elif isinstance(value, list):
        for part in value:
            yield from every_statement(part)


def test_only_the_mailer_may_send_and_only_as_ourselves(template: dict[str, Any]) -> None:
    senders = {f: s for f in FUNCTIONS for s in statements(template, f) if "ses:SendEmail" in listed(s["Action"])}
    assert set(senders) == {"Mailer"}
    # In SES's sandbox the recipient's identity is asked about too, so that the sender is named by a condition.
    assert senders["Mailer"]["Condition"] == {"StringLike": {"ses:FromAddress": {"Fn::Sub": "*@${MailDomain}"}}}
    assert {text.rpartition(":")[2] for text in (r["Fn::Sub"] for r in senders["Mailer"]["Resource"])} == {
        "identity/*",
        "configuration-set/${MailSettings}",
    }


# --- one address -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behaviours(template: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"][
        "CacheBehaviors"
    ]
    return found


def test_every_page_of_the_portal_is_led_to_it(behaviours: list[dict[str, Any]], tmp_path: Path) -> None:
    settings = Config.from_environment({}, data=tmp_path, smtp_host="localhost", sender="a@example.go.id")
    built = bootstrap.build(settings)
    rules = [r for r in house.pages(built).url_map.iter_rules() if r.endpoint not in ("static", "uploads.receive")]
    built.office.records.close()  # type: ignore[attr-defined]
    for rule in rules:
        (behaviour,) = (b for b in behaviours if fnmatchcase(rule.rule, b["PathPattern"]))
        assert (rule.methods or set()) - {"OPTIONS"} <= set(behaviour["AllowedMethods"]), rule.rule
    unused = [b for b in behaviours if not any(fnmatchcase(rule.rule, b["PathPattern"]) for rule in rules)]
    assert unused == []


def test_no_page_of_the_site_is_led_to_the_portal(behaviours: list[dict[str, Any]]) -> None:
    sources = (ROOT / "site").rglob("*.md")
    pages = [f"/{path.relative_to(ROOT / 'site').with_suffix('')}/".replace("/index/", "/") for path in sources]
    assert len(pages) > 8
    assert [(p, b["PathPattern"]) for p in pages for b in behaviours if fnmatchcase(p, b["PathPattern"])] == []


def test_the_portals_pages_are_never_kept_by_the_edge_and_know_their_visitor(behaviours: list[dict[str, Any]]) -> None:
    assert {b["CachePolicyId"] for b in behaviours} == {"4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}  # CachingDisabled
    assert {b["OriginRequestPolicyId"] for b in behaviours} == {"b689b0a8-53d0-40ab-baf2-68738e2966ac"}
    assert {b["TargetOriginId"] for b in behaviours} == {"portal"}


def test_the_site_is_under_the_same_policy_here_and_there(template: dict[str, Any]) -> None:
    given = template["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    secure = given["SecurityHeadersConfig"]
    assert secure["ContentSecurityPolicy"]["ContentSecurityPolicy"] == edge.policy()
    edges = {item["Header"]: item["Value"] for item in given["CustomHeadersConfig"]["Items"]} | {
        "Referrer-Policy": secure["ReferrerPolicy"]["ReferrerPolicy"],
        "X-Content-Type-Options": "nosniff" if secure["ContentTypeOptions"]["Override"] else "",
        "X-Frame-Options": secure["FrameOptions"]["FrameOption"],
    }
    assert edges == edge.HEADERS


@pytest.mark.skipif(not shutil.which("node"), reason="node is not there to run CloudFront's function")
@pytest.mark.parametrize(
    ("asked", "served", "sent_to"),
    [
        ("/", "/index.html", None),
        ("/sop/", "/sop/index.html", None),
        ("/sop", None, "/sop/"),
        ("/panduan/pejabat", None, "/panduan/pejabat/"),
        ("/aset/portal.css", "/aset/portal.css", None),
        ("/\\elsewhere.example", "/\\elsewhere.example", None),
        ("//elsewhere", "//elsewhere", None),
    ],
)
def test_the_edge_finds_index_pages_and_leads_nowhere_else(
    template: dict[str, Any], asked: str, served: str | None, sent_to: str | None
) -> None:
    code = template["Resources"]["SitePaths"]["Properties"]["FunctionCode"]
    call = f"console.log(JSON.stringify(handler({{request: {{uri: {json.dumps(asked)}}}}})))"
    answer = json.loads(subprocess.run(["node", "-e", code + call], capture_output=True, check=True).stdout)
    location = answer.get("headers", {}).get("location", {}).get("value")
    assert (answer.get("uri"), location) == (served, sent_to)


# --- alarms ----------------------------------------------------------------------------------------------------------


def test_every_function_and_every_number_of_the_mailer_is_watched(template: dict[str, Any]) -> None:
    alarms = resources(template, "AWS::CloudWatch::Alarm")
    for name in ("ErrorsAlarm", "ThrottlesAlarm"):
        watched = json.dumps(alarms[name]["Metrics"])
        assert all(f'"{function}Function"' in watched for function in FUNCTIONS)
    mailer = (ROOT / "functions" / "mailer.py").read_text("utf-8")
    numbers = {a.get("MetricName") for a in alarms.values() if a.get("Namespace") == "Portal"} | {"RedEmails"}
    assert all(f'"{number}"' in mailer for number in numbers)
    assert {json.dumps(alarm["AlarmActions"]) for alarm in alarms.values()} == {'[{"Ref": "Office"}]'}


def test_silence_is_an_alarm_too(template: dict[str, Any]) -> None:
    silence = template["Resources"]["SilenceAlarm"]["Properties"]
    assert (silence["TreatMissingData"], silence["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
