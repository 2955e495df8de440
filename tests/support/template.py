"""The template of the stack, looked at in parts."""

from typing import Any

FUNCTIONS = ("Api", "Mailer", "Reminder", "Expiry", "Deletion", "Compilation", "Feedback")


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    found = template["Resources"].items()
    return {key: resource["Properties"] for key, resource in found if resource["Type"] == kind}


def statements(template: dict[str, Any], function: str) -> list[dict[str, Any]]:
    role = template["Resources"][f"{function}Role"]["Properties"]
    return [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
