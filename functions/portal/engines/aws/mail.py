"""The mail through Amazon SES (API version 2). Sends once and says how it went; never logs, as an answer may hold an
address."""

from datetime import datetime
from typing import TYPE_CHECKING, Final, TypedDict

from botocore.exceptions import ClientError

from portal.core.errors import MailDeferred, MailRefused
from portal.engines.aws.faults import Fault, code
from portal.engines.mime import answer, compose
from portal.engines.ports import Message

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# Give up: SES will never send this message to this address.
_REFUSED: Final = frozenset({"BadRequestException", "MessageRejected"})

# Slow down: the rate per second or the quota of the day is used up, so the next message would fare no better.
_TOO_FAST: Final = frozenset({"LimitExceededException", "ThrottlingException", "TooManyRequestsException"})

# MessageRejected is also what SES says while our own domain is not verified, or we are still in its sandbox.
_OUR_FAULT: Final = "not verified"


class _Settings(TypedDict, total=False):
    ConfigurationSetName: str


class SesMail:
    """``ports.Mail`` through SES.

    Needs the action ses:SendEmail (SES asks for ses:SendRawEmail too) on the sender's identity and configuration set.

    Args:
        sender: who it is from, as in a From line; of a verified domain.
        configuration_set: where SES tells what became of an email (``feedback``); none if empty.
    """

    def __init__(self, client: "SESV2Client", sender: str, configuration_set: str = "") -> None:
        self._client = client
        self._sender = sender
        self._settings: _Settings = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, message: Message, at: datetime) -> None:
        """Hand it to SES.

        Raises:
            MailRefused: the address is none, or SES will not take this message ever (``mail_refused``);
                ``facts["answer"]`` is what it said.
            MailDeferred: anything that may pass (``mail_deferred``, with ``answer``): no connection, a fault of SES,
                and also one of our setting up, which is not to cost any email. ``slow_down`` is True if SES has had too
                many from us for now, ``relay`` in all other cases.
        """
        mail = compose(message, self._sender, at)
        try:
            # Raw, as calendar entries and our own headers need it; the sender is read from it.
            self._client.send_email(
                Destination={"ToAddresses": [message.to]}, Content={"Raw": {"Data": mail.as_bytes()}}, **self._settings
            )
        except Fault as problem:
            # Without the cause: the answer may hold the address, and a traceback may be logged.
            raise _meaning(problem) from None


def _meaning(problem: Exception) -> MailRefused | MailDeferred:
    words = problem.response["Error"].get("Message", "") if isinstance(problem, ClientError) else str(problem)
    said = answer(f"{code(problem)} {words}")
    if code(problem) in _REFUSED and _OUR_FAULT not in words:
        return MailRefused("mail_refused", answer=said)
    slow_down = code(problem) in _TOO_FAST
    return MailDeferred("mail_deferred", answer=said, slow_down=slow_down, relay=not slow_down)
