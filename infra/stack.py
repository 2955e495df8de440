"""Creates the resources of template.yaml in moto, so that what runs here is what the template says.

moto's CloudFormation knows no API Gateway v2, CloudFront, GuardDuty, SES, alarms, bucket policies and async invocation
settings: those are left out (``Stack.left_out``). What the portal needs of them, and of buckets more than moto creates,
is made here by the services' own calls, from the same template.
"""

import io
import json
import secrets
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TEMPLATE: Final = Path(__file__).with_name("template.yaml")
REGION: Final = "ap-southeast-3"
PARAMETERS: Final[Mapping[str, str]] = {
    "DomainName": "tte.example.go.id",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/example",
    "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/portal-edge/example",
    "MailDomain": "example.go.id",
    "Sender": "Portal TTE <tte@example.go.id>",
    "OfficeEmail": "office@example.go.id",
}

Template = dict[str, Any]
Clients = Callable[[str], Any]
"""A boto3 client by the name of its service."""


@dataclass(frozen=True)
class Stack:
    """What was created.

    Attributes:
        resources: physical name by logical one.
        environment: each function's variables, by the function's logical name.
        left_out: types of resources that moto does not know.
    """

    resources: Mapping[str, str]
    environment: Mapping[str, Mapping[str, str]]
    left_out: tuple[str, ...]


def translated(code: str = "s3://artifacts/package.zip") -> Template:
    """The template as plain CloudFormation, as AWS itself makes it of the SAM one."""
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(TEMPLATE.read_text("utf-8"))
    template["Globals"]["Function"]["CodeUri"] = code
    # No policies of AWS's own to look up: every role says itself what it may do.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    plain: Template = translator.translate(template, {})
    return plain


def at_the_edge() -> Template:
    """The template of what CloudFront wants in us-east-1."""
    from samtranslator.yaml_helper import yaml_parse

    edge: Template = yaml_parse(TEMPLATE.with_name("edge.yaml").read_text("utf-8"))
    return edge


def create(clients: Clients, address: str = "https://tte.example.go.id", name: str = "portal") -> Stack:
    """The stack in moto.

    Args:
        address: public address of the portal here, in place of ``https://DomainName``.
    """
    template = translated()
    _keep_code(clients("s3"))
    _keep_secrets(clients("ssm"), template["Parameters"])
    known, left_out = _known_to_moto(_at(template, address))
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in PARAMETERS.items()]
    cloudformation = clients("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(known), Parameters=given)
    made = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    resources = {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "") for resource in made}
    for logical, resource in known["Resources"].items():
        if resource["Type"] == "AWS::S3::Bucket":
            _finish_bucket(clients("s3"), resources[logical], resource["Properties"])
    _make_mail(clients("sesv2"))
    functions = [key for key, resource in known["Resources"].items() if resource["Type"] == "AWS::Lambda::Function"]
    return Stack(
        resources, {key: _environment(clients("lambda"), resources[key]) for key in functions}, tuple(sorted(left_out))
    )


def _at(template: Template, address: str) -> Template:
    """With another public address."""

    def moved(value: Any) -> Any:
        if value == {"Fn::Sub": "https://${DomainName}"}:
            return address
        if isinstance(value, dict):
            return {key: moved(part) for key, part in value.items()}
        return [moved(part) for part in value] if isinstance(value, list) else value

    found: Template = moved(template)
    return found


def _known_to_moto(template: Template) -> tuple[Template, set[str]]:
    """Without the resources that moto does not know; a reference to one becomes its logical name."""
    from moto.cloudformation.parsing import get_model_map

    missing = {key for key, resource in template["Resources"].items() if resource["Type"] not in get_model_map()}
    left_out = {template["Resources"][key]["Type"] for key in missing}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(part) for part in value]
        if not isinstance(value, dict):
            return value
        if value.get("Ref") in missing:
            return value["Ref"]
        if "Fn::GetAtt" in value and value["Fn::GetAtt"][0] in missing:
            return value["Fn::GetAtt"][0]
        if isinstance(text := value.get("Fn::Sub"), str):
            for key in missing:
                text = text.replace(f"${{{key}}}", key)
            return {"Fn::Sub": text}
        return {key: named(part) for key, part in value.items()}

    known = deepcopy(template)
    known["Resources"] = {key: named(part) for key, part in template["Resources"].items() if key not in missing}
    known.pop("Outputs", None)  # several speak of what is missing
    return known, left_out


def _keep_code(s3: Any) -> None:
    """Something for the functions to be made of; moto would run them in Docker only, which nobody asks it to."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("api.py", "")
    s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="artifacts", Key="package.zip", Body=code.getvalue())


def _keep_secrets(ssm: Any, parameters: Mapping[str, Any]) -> None:
    """What the guide has somebody make before the stack; a busy moto may be asked twice."""
    for name, kind in (("LinkKeysParameter", "SecureString"), ("OriginWord", "String")):
        ssm.put_parameter(Name=parameters[name]["Default"], Value=secrets.token_urlsafe(48), Type=kind, Overwrite=True)


def _finish_bucket(s3: Any, name: str, properties: Mapping[str, Any]) -> None:
    """Versions, and who may post from a browser: moto's CloudFormation passes over them."""
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    rules = properties.get("CorsConfiguration", {}).get("CorsRules", [])
    if rules:
        renamed = [{"MaxAgeSeconds" if key == "MaxAge" else key: value for key, value in r.items()} for r in rules]
        s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": renamed})


def _make_mail(sesv2: Any) -> None:
    sesv2.create_email_identity(EmailIdentity=PARAMETERS["MailDomain"])
    sesv2.create_configuration_set(ConfigurationSetName="MailSettings")


def _environment(functions: Any, name: str) -> dict[str, str]:
    found: dict[str, str] = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    return found
