"""The wiring on AWS: settings from a function's environment, and clients that are made when they are first needed."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial, wraps
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from portal.config import chosen
from portal.core.draft import Document
from portal.core.errors import SettingInvalid, traced
from portal.editions import read_services, trusted_sop
from portal.engines.aws.deletions import OwingFiles
from portal.engines.aws.dynamodb import Table
from portal.engines.aws.faults import translated
from portal.engines.aws.feedback import marked
from portal.engines.aws.files import S3Files
from portal.engines.aws.mail import SesMail
from portal.engines.aws.records import DynamoRecords
from portal.engines.aws.verdicts import Verdicts
from portal.engines.moving import Marked
from portal.engines.ports import Mail
from portal.house import Engine, House, furnish, pages
from portal.links import Links
from portal.web.app import BLUEPRINTS
from portal.web.here import SentMail, TimeMachine

STATUS: Final = ("public.status",)
"""The module of ``web`` that answers below ``/status``."""

ORIGINAL_LINK: Final = timedelta(minutes=1)
"""How long the signed address of a document lives, to which a browser is sent on."""

PATIENCE: Final[Mapping[str, tuple[int, int, int]]] = {
    "dynamodb": (2, 4, 3),
    "s3": (2, 5, 3),
    # Once only: whether and when to send again is the clockwork's business.
    "sesv2": (3, 10, 1),
    "ssm": (2, 4, 4),
}
"""Seconds to connect, seconds to answer, and tries, by service; a page must be there within its function's 29 s."""


EXAMPLES: Final[Mapping[str, str]] = {
    "address": "https://tte.example.go.id",
    "table": "portal-Table-1ABC2DEF",
    "document_bucket": "portal-documentbucket-1abc2def",
    "link_keys_parameter": "/portal/link-keys",
}
"""What settings look like that are missing."""


@dataclass(frozen=True)
class AwsConfig:
    """Settings; a function that is not given one has no business with what it leads to.

    Attributes:
        schemas, services: as in ``config.Config``.
        address: public address, without a slash at the end.
        link_keys_parameter: name of the SSM parameter with the keys that sign links, one a line, newest last.
        origin_word: what CloudFront says with every request, and nobody else knows.
        malware: ``guardduty`` where a file without its verdict comes under no ticket; ``off`` where nobody looks.
        rehearsal: never from the environment, so that no setting can open a mailbox page to the world.
        proxy: what says for whom it asks; there is one always.
    """

    schemas: Path
    services: tuple[str, ...]
    address: str
    table: str
    document_bucket: str
    link_keys_parameter: str
    sender: str
    configuration_set: str
    origin_word: str = ""
    malware: str = ""
    site: Path | None = None
    rehearsal: bool = False
    proxy: str = "CloudFront"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **given: Any) -> "AwsConfig":
        """Settings from the variables of ``infra/template.yaml``; ``given`` ones go before.

        Those of ``config.chosen``, ADDRESS, TABLE, DOCUMENT_BUCKET, LINK_KEYS_PARAMETER, SENDER, CONFIGURATION_SET,
        ORIGIN_WORD, MALWARE.
        """
        settings = {
            **chosen(environ),
            "address": environ.get("ADDRESS", "").rstrip("/"),
            "table": environ.get("TABLE", ""),
            "document_bucket": environ.get("DOCUMENT_BUCKET", ""),
            "link_keys_parameter": environ.get("LINK_KEYS_PARAMETER", ""),
            "sender": environ.get("SENDER", ""),
            "configuration_set": environ.get("CONFIGURATION_SET", ""),
            "origin_word": environ.get("ORIGIN_WORD", ""),
            "malware": environ.get("MALWARE", ""),
        }
        return cls(**{**settings, **given})

    def must_be_complete(self) -> None:
        """Raises SettingInvalid (``setting_missing``): what every command needs is not set."""
        for name in ("address", "table", "document_bucket", "link_keys_parameter"):
            if not getattr(self, name):
                raise SettingInvalid("setting_missing", key=name.upper(), expected=EXAMPLES[name])


class Clients:
    """botocore's clients by the name of their service, each made when it is first asked for something.

    A look at a ticket's status needs no S3, and a reminder no SES; making a client takes a tenth of a second. They are
    the clients that boto3 hands out too, without the modules around them, for which no function has a use.

    Args:
        patience: seconds to wait for an answer where no page does, if more than ``PATIENCE`` says.
        given: what else botocore is to know (``endpoint_url``, say).
    """

    def __init__(self, patience: int = 0, /, **given: Any) -> None:
        self._patience, self._given = patience, given
        self._made: dict[str, Any] = {}
        self._one_at_a_time = threading.Lock()  # botocore may not make two at once

    def made(self, service: str) -> Any:
        with self._one_at_a_time:
            if service not in self._made:
                self._made[service] = _client(service, self._given, self._patience)
            return self._made[service]

    def lazily(self, service: str) -> Any:
        """Stands for the client until it is asked for something."""
        return _Lazily(lambda: self.made(service))


def _client(service: str, given: Mapping[str, Any], patience: int) -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    connect, answer, tries = PATIENCE.get(service, (2, 10, 1))
    settings: dict[str, Any] = {"retries": {"mode": "standard", "total_max_attempts": tries}}
    if service == "s3":
        # Signed addresses of the region's own host: one that is to be enabled first, such as Jakarta, knows no other.
        settings |= {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}
    config = Config(connect_timeout=connect, read_timeout=max(answer, patience), **settings)
    make: Any = get_session().create_client  # its stubs know services by their literal names only
    return make(service, config=config, **given)


class _Lazily:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


class ShownMail(SentMail, Protocol):
    """A rehearsal's mailbox, which shows what SES was given."""

    def before(self, mail: Mail) -> Mail:
        """A relay that hands on to that one, as long as it is not made to fail."""


def build_aws(
    config: AwsConfig,
    clock: Callable[[], datetime] | None = None,
    clients: Clients | None = None,
    mailbox: ShownMail | None = None,
    time_machine: TimeMachine | None = None,
    *,
    latched: bool = True,
    owing: bool = False,
) -> House:
    """The portal on DynamoDB, S3 and SES.

    Args:
        owing: what is to be deleted from the bucket is owed, as one function alone may delete (``deletions``).
        latched: as in ``DynamoRecords``; not for the move itself.
        mailbox: what a rehearsal puts before SES; ``time_machine`` its clock.
    """
    clients, clock = clients or Clients(), clock or (lambda: datetime.now(UTC))
    services = read_services(config.schemas, config.services, trusted_sop)
    links = Links(partial(read_keys, clients, config.link_keys_parameter))
    keys = [edition.service for edition in services]
    records = DynamoRecords(clients.lazily("dynamodb"), config.table, keys, latched=latched)
    table = Table(clients.lazily("dynamodb"), config.table, time.sleep)
    verdicts = Verdicts(table, clock) if config.malware == "guardduty" else None
    files = S3Files(clients.lazily("s3"), config.document_bucket, clock, verdicts=verdicts)
    ses = SesMail(clients.lazily("sesv2"), config.sender, config.configuration_set)

    def original(document: Document, filename: str, shown: bool) -> str:
        # Straight from the bucket: a function's answer may have 6 MB, and a document of 5 MB has more in Base64.
        expires = clock() + ORIGINAL_LINK
        return files.address(
            document.key, document.version, expires, media_type=document.media_type, filename=filename, shown=shown
        )

    engine = Engine(
        records,
        OwingFiles(files, records) if owing else files,
        mailbox.before(ses) if mailbox else ses,
        links,
        original=original,
        mark=lambda message, owed: marked(message, [notice.identity for notice in owed]),
        mailbox=mailbox,
        time_machine=time_machine,
        deleting=(records, files),
        scanner=verdicts,
    )
    return furnish(services, engine, clock, config)


class RunFailed(Exception):
    """A function could not do its work; where and by what kind of error, without what it was about."""


def discreet(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler whose failures say nothing personal: Lambda writes them into the log, and into the dead letter.

    Raises:
        RunFailed: in place of whatever went wrong.
    """

    @wraps(handler)
    def run(event: dict[str, Any], context: Any, *given: Any) -> Any:
        try:
            return handler(event, context, *given)
        except Exception as problem:
            raise RunFailed(traced(problem)) from None

    return run


@cache
def warm() -> House:
    """The house of this process, kept from one invocation to the next."""
    return build_aws(AwsConfig.from_environment(os.environ), owing=True)


def wsgi(house: House) -> Any:
    """The dynamic pages as a browser sees them through CloudFront.

    API Gateway is called by its own name, not by the public one. It puts the address of its caller last into
    X-Forwarded-For, and CloudFront, which is known by its word, that of the browser before it; whoever else finds the
    gateway counts as himself, whatever he says there.
    """
    public, word = urlsplit(house.config.address), house.config.origin_word.encode()
    app = cache(partial(pages, house))

    def at_public_address(request: dict[str, Any], start_response: Any) -> Any:
        request |= {"HTTP_HOST": public.netloc, "SERVER_NAME": public.hostname, "wsgi.url_scheme": public.scheme}
        way = [address.strip() for address in request.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        known = bool(word) and compare_digest(request.pop("HTTP_X_ORIGIN_WORD", "").encode(), word)
        if known and len(way) > 1:
            request["REMOTE_ADDR"] = way[-2]
        elif way[-1]:
            request["REMOTE_ADDR"] = way[-1]
        # Most people look where a case stands, so that is not to wait until all the others' pages are ready.
        names = STATUS if request["PATH_INFO"].startswith("/status") else BLUEPRINTS
        return app(names)(request, start_response)

    return at_public_address


def through_cloudfront(app: Any, word: str) -> Any:
    """Lets nobody in who calls the gateway by its own name; where there is no word, everybody."""

    def answer(request: dict[str, Any], start_response: Any) -> Any:
        if word and not compare_digest(request.get("HTTP_X_ORIGIN_WORD", "").encode(), word.encode()):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        return app(request, start_response)

    return answer


def rests(house: House) -> bool:
    """Is everything just being taken elsewhere, or is it already? What nobody waits for is then left to the other."""
    records = house.office.records
    return isinstance(records, Marked) and bool(records.move_mark())


def read_keys(clients: Clients, name: str) -> list[str]:
    """The keys that sign links, newest last."""
    if not name:
        return []
    with translated():
        answer = clients.made("ssm").get_parameter(Name=name, WithDecryption=True)
    return str(answer["Parameter"]["Value"]).split()


def keep_keys(clients: Clients, name: str, keys: Sequence[str]) -> None:
    """Functions that are at work go by those before until they are started again."""
    with translated():
        clients.made("ssm").put_parameter(Name=name, Value="\n".join(keys), Type="SecureString", Overwrite=True)
