"""What mail says that comes back, told from what servers, programs and people write."""

import pytest

from portal.engines.reports import Report, marks, read
from tests.support import report_specimens as specimens
from tests.support.report_specimens import MARK, about

FAILED = {
    "POSTFIX": "5.1.1 smtp; 550 5.1.1 <siti@tarakankota.go.id>: Recipient address rejected: User unknown in virtual",
    "EXCHANGE": "5.1.10 smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound",
    "GMAIL": "5.1.1 smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1",
    "EXIM": "5.1.1 User unknown",
    "QMAIL": "5.1.1)",
    "WORDLESS": "",
}


@pytest.mark.parametrize(("name", "problem"), FAILED.items())
def test_a_failure_for_good_is_told_with_what_the_servers_said(name: str, problem: str) -> None:
    raw = about(getattr(specimens, name))
    report = read(raw)
    assert report is not None
    assert (report.final, report.problem.startswith(problem), len(report.problem) <= 300) == (True, True, True)
    assert next(marks(raw)) == MARK


def test_servers_that_gave_up_over_what_may_pass_tell_of_no_end() -> None:
    report = read(about(specimens.POSTFIX_GAVE_UP))
    assert report is not None
    assert (report.final, report.problem[:18]) == (False, "4.4.1 X-Postfix; c")


@pytest.mark.parametrize("specimen", [specimens.POSTFIX_DELAYED, specimens.EXIM_DELAYED])
def test_while_servers_are_still_trying_nothing_has_failed(specimen: str) -> None:
    report = read(about(specimen))
    assert report is not None
    assert report.final is None


@pytest.mark.parametrize(
    "name",
    [
        "ON_LEAVE",
        "ON_LEAVE_AT_EXCHANGE",
        "ON_LEAVE_LONG_AGO",
        "ACKNOWLEDGED",
        "RECEIPT",
        "QUESTION",
        "FORWARDED",
        "SPAM",
    ],
)
def test_what_programs_answer_and_what_people_write_is_no_report(name: str) -> None:
    assert read(about(getattr(specimens, name))) is None


def test_what_a_report_encloses_is_no_report_of_its_own() -> None:
    enclosed = specimens.report("postmaster@x", "-", "Reporting-MTA: dns; x", specimens.POSTFIX.replace("=_1", "=_2"))
    assert read(about(enclosed)) is None


@pytest.mark.parametrize(
    ("fields", "final"),
    [
        ("Action: FAILED (keep calm)\nStatus: 5.7.1 (policy)", True),
        ("Action: failed", True),
        ("Action: failed\nStatus: nonsense\nDiagnostic-Code: smtp; 452 later", False),
        ("Action: failed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 552 mailbox full", False),
        ("Status: 5.1.1", True),
        ("Action: delivered\nStatus: 2.0.0", None),
        ("Action: relayed\nStatus: 2.1.9", None),
        ("Action: expanded\nStatus: 2.0.0\n\nAction: failed\nStatus: 5.1.1", True),
        ("Action: failed\nStatus: 4.4.7\n\nAction: failed\nStatus: 5.1.1", True),
    ],
)
def test_how_final_a_failure_is_stands_in_its_status(fields: str, final: bool | None) -> None:
    report = read(about(specimens.report("postmaster@x", "-", "Reporting-MTA: dns; x\n\n" + fields)))
    assert report is not None
    assert report.final is final


def test_a_report_in_any_letters_is_read_too() -> None:
    raw = about(specimens.POSTFIX.replace("message/delivery-status", "message/global-delivery-status"))
    assert read(raw) == read(about(specimens.POSTFIX))


def test_the_mark_of_the_address_goes_before_all_that_is_quoted() -> None:
    other = "f" * 16 + "z" * 16
    raw = about(specimens.QMAIL, other.upper()) + about(specimens.EMAIL)
    assert list(marks(raw)) == [other, MARK]


@pytest.mark.parametrize("text", ["", f"x{MARK}@", f"{MARK}x", MARK[:-1], MARK[:-1] + "1", "a" * 64])
def test_what_does_not_look_like_a_mark_is_none(text: str) -> None:
    assert list(marks(text.encode())) == []


def test_only_so_many_marks_are_looked_at_however_many_there_are() -> None:
    many = " ".join(f"{number:016x}abcdefghijklmnop" for number in range(4000))
    assert len(list(marks(many.encode()))) == 50


DAEMON = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x\r\nSubject: failure\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 1000,
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000)),
        b'Content-Type: multipart/report; boundary="x"\r\n\r\n--x\r\n' + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b'Content-Type: multipart/report; boundary="x"\r\n\r\n--x\r\nContent-Type: message/delivery-status',
        b"Content-Type: multipart/report\r\n\r\nAction: failed\r\n",
        b'Content-Type: multipart/report; boundary="x"\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n//79\r\n--x--",
    ],
)
def test_a_mail_that_is_bent_is_no_report(raw: bytes) -> None:
    assert read(b"From: X <x@spam.example>\r\n" + raw) is None


@pytest.mark.parametrize("charset", ["utf-8", "x-none", "utf-16", '"', "idna"])
def test_words_in_whatever_letters_are_words_without_what_a_screen_obeys(charset: str) -> None:
    raw = DAEMON + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + b"550 \x1b[2J\xff\xed\xa0\x80 no"
    report = read(raw)
    assert isinstance(report, Report)
    assert report.problem.isprintable()
    assert report.problem.startswith("550")
    report.problem.encode()
