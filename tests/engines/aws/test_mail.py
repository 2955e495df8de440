"""The mail through SES keeps the contract; what is given up, and what is tried again."""

import json
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.core.errors import MailDeferred, MailRefused
from portal.core.notices import Notice
from portal.engines.aws.feedback import HEADER, came_back, reference
from portal.engines.aws.mail import SesMail
from tests.support.aws_wire import ON_THE_WAY, Wire, event, refuses, says
from tests.support.builders import AT, a_notice
from tests.support.contract_mail import CALENDAR, MESSAGE, SENDER, MailContract

pytestmark = pytest.mark.cloud


class TestSesMail(MailContract):
    @pytest.fixture
    def mail(self, ses: Any) -> SesMail:
        return SesMail(ses, SENDER)

    @pytest.fixture
    def received(self, received: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
        return received

    @pytest.fixture
    def relay_down(self, ses: Any) -> Callable[[], None]:
        return lambda: Wire(ses).answers["SendEmail"].append(ON_THE_WAY[0])


@pytest.mark.parametrize(
    "answer",
    [refuses("MessageRejected", "Email contains a virus"), refuses("BadRequestException", "Local address is none")],
)
def test_what_ses_will_never_send_is_given_up(ses: Any, answer: Callable[..., Any]) -> None:
    Wire(ses).always = answer
    with pytest.raises(MailRefused) as caught:
        SesMail(ses, SENDER).send(MESSAGE, AT)
    assert caught.value.code == "mail_refused"
    assert str(caught.value.facts["answer"]).split()[0] in ("MessageRejected", "BadRequestException")


@pytest.mark.parametrize(
    ("answer", "slow_down"),
    [
        (refuses("TooManyRequestsException", "Maximum sending rate exceeded.", 429), True),
        (refuses("LimitExceededException", "Daily message quota exceeded."), True),
        (refuses("ThrottlingException", "Rate exceeded"), True),
        (refuses("SendingPausedException"), False),
        (refuses("AccountSuspendedException"), False),
        (refuses("MailFromDomainNotVerifiedException"), False),
        (refuses("MessageRejected", "Email address is not verified. The following identities failed"), False),
        (refuses("NotFoundException", "Configuration set <portal> does not exist.", 404), False),
        (refuses("AccessDeniedException", status=403), False),
        (refuses("InternalServiceError", status=500), False),
        (says(b"<html>Bad gateway</html>", 502), False),
        *((fault, False) for fault in ON_THE_WAY),
    ],
)
def test_what_may_pass_is_deferred_and_says_whether_to_slow_down(ses: Any, answer: Any, slow_down: bool) -> None:
    Wire(ses).always = answer
    with pytest.raises(MailDeferred) as caught:
        SesMail(ses, SENDER).send(MESSAGE, AT)
    assert caught.value.code == "mail_deferred"
    assert str(caught.value.facts["answer"])
    assert caught.value.facts["slow_down"] is slow_down


@pytest.mark.parametrize("code", ["MessageRejected", "TooManyRequestsException"])
def test_the_answer_does_not_come_with_a_traceback_that_names_the_recipient_and_is_not_kept_at_length(
    ses: Any, code: str
) -> None:
    Wire(ses).always = refuses(code, "no\r\n siti@tarakankota.go.id" + "y" * 400)
    with pytest.raises((MailRefused, MailDeferred)) as caught:
        SesMail(ses, SENDER).send(MESSAGE, AT)
    assert str(caught.value.facts["answer"]).startswith(f"{code} no siti@tarakankota.go.idyyy")
    assert len(str(caught.value.facts["answer"])) == 300
    assert "siti" not in "".join(traceback.format_exception(caught.value))


def test_an_email_goes_to_one_recipient_through_the_configuration_set(ses: Any) -> None:
    wire = Wire(ses)
    SesMail(ses, SENDER, "portal-events").send(replace(MESSAGE, calendar=CALENDAR), AT)
    (asked,) = map(json.loads, wire.bodies)
    assert asked["Destination"] == {"ToAddresses": ["siti@tarakankota.go.id"]}
    assert asked["ConfigurationSetName"] == "portal-events"
    assert list(asked["Content"]) == ["Raw"]


@pytest.mark.parametrize(
    "notice",
    [
        a_notice(),
        a_notice(recipient="sité@tarakankota.go.id", occasion="again-2026-08-03T08"),
        a_notice(about="5b0c61" * 8, event=0, letter="visit_tomorrow", recipient="a" * 60 + "@" + "b" * 60 + ".go.id"),
        a_notice(recipient='"odd\\"@tarakankota.go.id'),
    ],
)
def test_an_email_carries_which_notice_it_is_to_where_ses_hands_it_back(
    ses: Any, received: Callable[[], list[Any]], notice: Notice
) -> None:
    SesMail(ses, SENDER).send(replace(MESSAGE, headers={HEADER: reference([notice.identity])}), AT)
    (arrived,) = received()
    raw = next(value for name, value in arrived.raw_items() if name == HEADER)
    for value in (arrived[HEADER], raw):
        word = came_back(event("Reject", {}, value))
        assert word is not None
        assert word.identities == [notice.identity]
