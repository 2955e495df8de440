"""A real SMTP server that answers as it is told to."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.engines.local.mail import Smtp
from tests.support.contract_mail import SENDER


class Relay:
    """A real SMTP server's behaviour: keeps what it takes, and answers as ``answers`` says (by SMTP command)."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.taken: list[bytes] = []
        self.senders: list[str] = []
        self.recipients: list[list[str]] = []
        self.greeted: list[str] = []
        self.at_most = 0
        """Messages on one connection, if there is a limit."""
        self._on: dict[int, int] = {}

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.append(hostname)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._on[id(session)] = self._on.get(id(session), 0) + 1
        if 0 < self.at_most < self._on[id(session)]:
            return "421 too many messages on this connection"
        envelope.mail_from = address
        return self.answers.get(f"MAIL {address}", self.answers.get("MAIL", "250 OK"))

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get(f"RCPT from {envelope.mail_from}", self.answers.get("RCPT", "250 OK"))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("DATA", "250 taken")
        if answer.startswith("250"):
            assert envelope.original_content is not None
            self.taken.append(envelope.original_content)
            self.senders.append(str(envelope.mail_from))
            self.recipients.append(envelope.rcpt_tos)
        if answer == "hang":
            await asyncio.sleep(2)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers.get("QUIT") == "hang up":
            cast(asyncio.WriteTransport, server.transport).abort()
        return "221 bye"


class Server(Controller):
    """Listens at a port the system picks."""

    def _trigger_server(self) -> None:
        self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd says nothing of its type


def smtp(server: Controller, **settings: Any) -> Smtp:
    return Smtp(
        **{"host": "127.0.0.1", "port": server.port, "sender": SENDER, "starttls": False, "timeout": 5, **settings}
    )


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)
