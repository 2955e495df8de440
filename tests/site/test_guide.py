"""The deployment guide names only what there is: targets, stages, settings, outputs, options and files."""

import re
import tomllib
from typing import Any

import package
import pytest
import restore
import stack

GUIDE = (stack.TEMPLATE.parents[1] / "site" / "panduan" / "pemasangan.md").read_text("utf-8")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return stack.translated()


def test_every_target_is_in_the_makefile() -> None:
    makefile = (package.ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)", GUIDE))
    assert named
    assert {target for target in named if f"\n{target}:" not in makefile} == set()


def test_every_stage_is_one_of_the_settings_file() -> None:
    stages = tomllib.loads((package.ROOT / "infra" / "samconfig.toml").read_text("utf-8"))
    named = set(re.findall(r"--config-env ([a-z-]+)", GUIDE))
    assert named
    assert named <= stages.keys()
    stacks = {stage["deploy"]["parameters"]["stack_name"] for stage in stages.values() if isinstance(stage, dict)}
    assert set(re.findall(r"--stack-name ([a-z-]+)", GUIDE)) <= stacks


def test_every_setting_and_output_is_one_of_the_template(template: dict[str, Any]) -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE))
    assert explained - {"BudgetUsd"} <= template["Parameters"].keys()
    used = set(re.findall(r"<([A-Z]\w+)>", GUIDE)) - {"Key"}
    assert used
    assert used | set(re.findall(r"`(MailProof\d)`", GUIDE)) <= template["Outputs"].keys()


def test_the_functions_that_are_restarted_are_those_that_read_the_keys(template: dict[str, Any]) -> None:
    functions = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    reading = [one for one in functions if "LINK_KEYS_PARAMETER" in one["Environment"]["Variables"]]
    names = {one["FunctionName"]["Fn::Sub"].replace("${AWS::StackName}", "portal") for one in reading}
    assert set(re.findall(r"--function-name ([a-z-]+)", GUIDE)) == names


def test_the_options_of_restoring_are_those_of_the_program() -> None:
    options = set(re.findall(r"(--[a-z]+)", " ".join(re.findall(r"infra/restore\.py (.*)", GUIDE))))
    assert options == set(re.findall(r"(--[a-z]+)", restore.__doc__ or ""))
