"""How much of AWS 1,000 applications use, from what was counted, and what one month uses whatever comes in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bench.cost import Use
from bench.meter import MAILER, MINUTE, NIGHT, REMINDER, S3_READS, S3_WRITES, Act

ROUND_TRIP: Final = 0.010
"""Seconds that a function waits for one answer of AWS, which no machine but AWS's own can tell. Assumed."""

DOCUMENT_BYTES: Final = 800_000
"""Of a scan or a photo as people send them. Assumed; 5 MB is the most."""

LOG_BYTES: Final = 500
"""What Lambda itself writes of one run (START, END, REPORT), and the mailer of its measures. Assumed."""

LOOKED_AT: Final = 2
"""Times that GuardDuty looks at a document: as it came, and as it is kept in the draft. Of pages that somebody had to
send again there are more, and none that is looked at again under its ticket.
"""

MONTH: Final = 30.4
"""Days."""

GB: Final = 1e9

FUNCTIONS: Final = {
    MAILER: "MailerFunction",
    MINUTE: "MailerFunction",
    REMINDER: "ReminderFunction",
    NIGHT: "CompilationFunction",
}
"""Whose run an act is; those not named here are requests to the pages, or of browsers to the bucket."""


def applications(
    acts: Sequence[Act], template: Mapping[str, Any], *, documents: int, visits: int, cold_start: float, kept_days: int,
    table_bytes: int, times: int = 1000,
) -> Use:  # fmt: skip
    """What so many times the acts of one application use.

    Args:
        visits: how often somebody sat down to it; each begins with a cold start of so many seconds.
        kept_days: how long documents are kept; the nightly copy keeps each so many days more as the template says, and
            none of a draft, which is gone in days.
        table_bytes: what one application leaves in the table.
    """
    pages = [act for act in acts if act.name.startswith(("GET ", "POST "))]
    runs = [act for act in acts if act.name in FUNCTIONS]
    sent = sum(act.sent for act in pages)
    starting = visits * cold_start * memory("ApiFunction", template)
    once = {
        "lambda_requests": len(pages) + len(runs),
        "lambda_gb_seconds": _gb_seconds([*pages, *runs], template) + starting,
        "gateway_requests": len(pages),
        "cloudfront_requests": len(pages),
        "cloudfront_gb_out": sent / GB,
        "dynamodb_reads": sum(act.units()[0] for act in acts),
        "dynamodb_writes": sum(act.units()[1] for act in acts),
        "dynamodb_gb_months": table_bytes / GB * 12,
        "dynamodb_recovery_gb_months": table_bytes / GB * 12,
        "s3_writes": sum(act.count("s3", S3_WRITES) for act in acts),
        "s3_reads": sum(act.count("s3", S3_READS) for act in acts),
        "s3_gb_months": documents * DOCUMENT_BYTES / GB * kept_days / MONTH,
        "s3_gb_out": documents * DOCUMENT_BYTES / GB,
        "waf_requests": len(pages),
        "malware_objects": documents * LOOKED_AT,
        "malware_gb": documents * LOOKED_AT * DOCUMENT_BYTES / GB,
        "backup_gb_months": documents * DOCUMENT_BYTES / GB * (kept_days + _backup_days(template)) / MONTH,
        "ses_emails": sum(act.count("sesv2", frozenset({"SendEmail"})) for act in acts),
        "kms_requests": visits + sum(act.count("ssm", frozenset({"GetParameter"})) for act in acts),
        "logs_gb": (len(pages) + len(runs)) * LOG_BYTES / GB,
    }  # fmt: skip
    return {name: much * times for name, much in once.items()}


def visits(acts: Iterable[Act]) -> int:
    """How often somebody sat down to it: opened a link, began, or looked a ticket up."""
    begun = ("GET /ajukan", "GET /status/<ticket>")
    return sum(act.name in begun or act.name.endswith("/<token>") for act in acts)


def month(minute: Act, hour: Act, night: Act, template: Mapping[str, Any], edge: Mapping[str, Any]) -> Use:
    """What the schedules, the key, the alarms and the web ACL use, with nothing to do.

    Two functions run at night, of which the one that forgets documents has been taken to do as much as the other.
    """
    runs = ((MONTH * 24 * 60, minute), (MONTH * 24, hour), (MONTH * 2, night))
    times = sum(often for often, _ in runs)
    alarms = _all(template, "AWS::CloudWatch::Alarm")
    lists = _all(edge, "AWS::WAFv2::WebACL")
    return {
        "schedules": times,
        "lambda_requests": times,
        "lambda_gb_seconds": sum(often * _gb_seconds([act], template) for often, act in runs),
        "dynamodb_reads": sum(often * act.units()[0] for often, act in runs),
        "dynamodb_writes": sum(often * act.units()[1] for often, act in runs),
        "logs_gb": times * LOG_BYTES / GB,
        # A key's use by table and bucket is kept for minutes: DynamoDB asks once in five for each function.
        "kms_requests": times / 5,
        "kms_keys": 1,
        "alarm_metrics": sum(_metrics(alarm) for alarm in alarms),
        "custom_metrics": 2,
        "waf_acls": len(lists),
        "waf_rules": sum(len(each["Rules"]) for each in lists),
    }


def memory(function: str, template: Mapping[str, Any]) -> float:
    """GB"""
    size: int = template["Resources"][function]["Properties"]["MemorySize"]
    return size / 1024


def _all(template: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return [one["Properties"] for one in template["Resources"].values() if one["Type"] == kind]


def _backup_days(template: Mapping[str, Any]) -> int:
    """How long the nightly copy keeps what is deleted."""
    plans = [each["BackupPlan"]["BackupPlanRule"] for each in _all(template, "AWS::Backup::BackupPlan")]
    return max((rule["Lifecycle"]["DeleteAfterDays"] for rules in plans for rule in rules), default=0)


def _gb_seconds(acts: Iterable[Act], template: Mapping[str, Any]) -> float:
    return sum(
        (act.seconds + len(act.calls) * ROUND_TRIP) * memory(FUNCTIONS.get(act.name, "ApiFunction"), template)
        for act in acts
    )


def _metrics(alarm: Mapping[str, Any]) -> int:
    return sum("MetricStat" in metric for metric in alarm.get("Metrics", ())) or 1
