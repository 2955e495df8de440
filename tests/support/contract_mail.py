"""What every engine's mail must do. An engine's test file subclasses ``MailContract`` and says how to reach a relay."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from portal.core.errors import MailDeferred, MailRefused
from portal.engines.ports import Mail, Message
from tests.support.builders import AT

SENDER = "Portal Sertifikat Elektronik – Tarakan <portal@tarakankota.go.id>"

MESSAGE = Message(
    to="siti@tarakankota.go.id",
    subject="[TTE Tarakan] Permohonan diterima – TTE-26-4F7K-9QXM",
    text="Yth. Ibu Siti,\n\npermohonan diterima – “sah”.\n\nhttps://tte.example/status/TTE-26-4F7K-9QXM\n"
    + "x" * 2_000,
    html='<p>Yth. Ibu Siti,</p><p>permohonan diterima – “sah”. <a href="https://tte.example/">Status</a></p>',
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Kunjungan – DKISP\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)

Received = Callable[[], list[EmailMessage]]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


class MailContract:
    @pytest.fixture
    def mail(self) -> Mail:
        """Sends as ``SENDER`` through a relay that takes everything."""
        raise NotImplementedError

    @pytest.fixture
    def received(self) -> Received:
        """All that the relay was given so far, in order, parsed."""
        raise NotImplementedError

    @pytest.fixture
    def relay_down(self) -> Callable[[], None]:
        """Makes the relay not take anything for now."""
        raise NotImplementedError

    def test_a_message_arrives_as_text_and_html(self, mail: Mail, received: Received) -> None:
        mail.send(MESSAGE, AT)
        (arrived,) = received()
        assert arrived["To"] == "siti@tarakankota.go.id"
        assert arrived["From"] == SENDER
        assert arrived["Subject"] == MESSAGE.subject
        assert arrived.get_content_type() == "multipart/alternative"
        assert body(arrived, "plain") == MESSAGE.text
        assert body(arrived, "html") == MESSAGE.html
        assert list(arrived.iter_attachments()) == []

    def test_messages_arrive_one_by_one_in_order(self, mail: Mail, received: Received) -> None:
        for number in range(3):
            mail.send(replace(MESSAGE, subject=f"Surat {number}"), AT)
        assert [arrived["Subject"] for arrived in received()] == ["Surat 0", "Surat 1", "Surat 2"]

    def test_an_appointment_is_attached_for_the_calendar(self, mail: Mail, received: Received) -> None:
        mail.send(replace(MESSAGE, calendar=CALENDAR), AT)
        (arrived,) = received()
        (attached,) = arrived.iter_attachments()
        assert attached.get_content_type() == "text/calendar"
        said = attached["Content-Type"].params
        assert (said["method"], said["charset"]) == ("PUBLISH", "utf-8")  # as RFC 6047 2.4 wants it
        assert attached.get_filename() == "jadwal.ics"
        assert attached.get_content().replace("\r\n", "\n") == CALENDAR.replace("\r\n", "\n")
        assert body(arrived, "plain") == MESSAGE.text

    def test_nobody_is_answered_by_a_machine(self, mail: Mail, received: Received) -> None:
        mail.send(MESSAGE, AT)
        (arrived,) = received()
        assert arrived["Auto-Submitted"] == "auto-generated"
        assert arrived["X-Auto-Response-Suppress"] == "OOF, AutoReply"

    def test_further_headers_are_kept_and_replace_ours(self, mail: Mail, received: Received) -> None:
        mail.send(replace(MESSAGE, headers={"Reply-To": "dkisp@tarakankota.go.id", "Auto-Submitted": "no"}), AT)
        (arrived,) = received()
        assert arrived["Reply-To"] == "dkisp@tarakankota.go.id"
        assert arrived.get_all("Auto-Submitted") == ["no"]

    @pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n ", "\u2028", "\x0b"])
    def test_no_header_can_be_smuggled_in(self, mail: Mail, received: Received, line_break: str) -> None:
        smuggled = f"Halo{line_break}Bcc: lain@example.com{line_break}{line_break}isi"
        mail.send(replace(MESSAGE, subject=smuggled, headers={"Reply-To": smuggled}), AT)
        (arrived,) = received()
        assert arrived["Bcc"] is None
        assert arrived["Subject"] == "Halo Bcc: lain@example.com isi"
        assert body(arrived, "plain") == MESSAGE.text

    @pytest.mark.parametrize(
        "to",
        [
            "",
            "siti",
            "siti@",
            "@tarakankota.go.id",
            "siti@tarakankota.go.id, lain@example.com",
            "Siti <siti@tarakankota.go.id>",
            "siti@tarakankota.go.id\r\nBcc: lain@example.com",
            "siti@tarakankota.go.id\n",
            "siti\x00@tarakankota.go.id",
        ],
    )
    def test_what_is_not_one_plain_address_is_refused_for_good(self, mail: Mail, received: Received, to: str) -> None:
        with pytest.raises(MailRefused) as caught:
            mail.send(replace(MESSAGE, to=to), AT)
        assert caught.value.code == "mail_refused"
        assert caught.value.facts["answer"]
        assert received() == []

    def test_a_relay_that_is_down_defers_and_nothing_is_sent(
        self, mail: Mail, received: Received, relay_down: Callable[[], object]
    ) -> None:
        relay_down()
        with pytest.raises(MailDeferred) as caught:
            mail.send(MESSAGE, AT)
        assert caught.value.facts["relay"] is True
        assert caught.value.code == "mail_deferred"
        assert caught.value.facts["answer"]
        assert received() == []
