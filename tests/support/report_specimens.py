"""Mail that comes back, as servers write it: each about the email of a mark."""

from textwrap import dedent

MARK = "00112233445566778899"[:16] + "abcdefghijklmnop"[:16]

EMAIL = """\
Received: from portal (portal [10.0.0.2]) by relay.example.go.id; Mon, 3 Aug 2026 08:00:00 +0800
From: Portal <tte@example.go.id>
To: siti@tarakankota.go.id
Subject: [TTE Tarakan] Permohonan diterima
Message-ID: <{mark}@example.go.id>
X-Portal-Email: {mark}
"""
"""The headers of the email, as reports quote them."""


def report(writer: str, said: str, fields: str, quoted: str = EMAIL, *, to: str = "tte@example.go.id") -> str:
    """A report as RFC 3464 has it."""
    return (
        f"Return-Path: <>\nDelivered-To: {to}\nFrom: {writer}\nTo: {to}\nAuto-Submitted: auto-replied\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_1"\n\n'
        f"--=_1\nContent-Type: text/plain; charset=us-ascii\n\n{said}\n"
        f"--=_1\nContent-Type: message/delivery-status\n\n{dedent(fields).strip()}\n\n"
        f"--=_1\nContent-Type: text/rfc822-headers\n\n{quoted}\n--=_1--\n"
    )


POSTFIX = report(
    "MAILER-DAEMON@relay.example.go.id (Mail Delivery System)",
    "I'm sorry to have to inform you that your message could not be delivered.",
    """
    Reporting-MTA: dns; relay.example.go.id
    X-Postfix-Queue-ID: 4F7K9QXM
    Arrival-Date: Mon,  3 Aug 2026 08:00:00 +0800 (WITA)

    Final-Recipient: rfc822; siti@tarakankota.go.id
    Original-Recipient: rfc822;siti@tarakankota.go.id
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; mx.tarakankota.go.id
    Diagnostic-Code: smtp; 550 5.1.1 <siti@tarakankota.go.id>: Recipient address
        rejected: User unknown in virtual mailbox table
    """,
)

POSTFIX_GAVE_UP = report(
    "MAILER-DAEMON@relay.example.go.id (Mail Delivery System)",
    "I'm sorry to have to inform you that your message could not be delivered.",
    """
    Reporting-MTA: dns; relay.example.go.id

    Final-Recipient: rfc822; siti@tarakankota.go.id
    Action: failed
    Status: 4.4.1
    Diagnostic-Code: X-Postfix; connect to mx.tarakankota.go.id[192.0.2.7]:25: Connection timed out
    """,
)

POSTFIX_DELAYED = report(
    "MAILER-DAEMON@relay.example.go.id (Mail Delivery System)",
    "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
    """
    Reporting-MTA: dns; relay.example.go.id

    Final-Recipient: rfc822; siti@tarakankota.go.id
    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: X-Postfix; connect to mx.tarakankota.go.id[192.0.2.7]:25: Connection timed out
    Will-Retry-Until: Sat,  8 Aug 2026 08:00:00 +0800 (WITA)
    """,
)

EXCHANGE = report(
    "<postmaster@tarakankota.go.id>",
    "Your message to siti@tarakankota.go.id couldn't be delivered.",
    """
    Reporting-MTA: dns;EX01.tarakankota.go.id
    Received-From-MTA: dns;relay.example.go.id
    Arrival-Date: Mon, 3 Aug 2026 00:00:00 +0000

    Final-Recipient: rfc822;siti@tarakankota.go.id
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
    """,
)

GMAIL = report(
    "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    "** Address not found **\n\nYour message wasn't delivered because the address couldn't be found.",
    """
    Reporting-MTA: dns; googlemail.com
    Arrival-Date: Sun, 02 Aug 2026 17:00:00 -0700 (PDT)
    X-Original-Message-ID: <{mark}@example.go.id>

    Final-Recipient: rfc822; siti@tarakankota.go.id
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.26, the server for the domain.)
    Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
     550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp
    Last-Attempt-Date: Sun, 02 Aug 2026 17:00:01 -0700 (PDT)
    """,
)

EXIM = (
    """\
Return-path: <>
Envelope-to: tte@example.go.id
X-Failed-Recipients: siti@tarakankota.go.id
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example.go.id>
To: tte@example.go.id
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  siti@tarakankota.go.id
    host mx.tarakankota.go.id [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<siti@tarakankota.go.id>:
    550 5.1.1 User unknown

------ This is a copy of the message's headers. ------

"""
    + EMAIL
)

EXIM_DELAYED = """\
Return-path: <>
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@relay.example.go.id>
To: tte@example.go.id
Subject: Warning: message 1tFabc-0001-xy delayed 24 hours

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on relay.example.go.id.

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered.  The message identifier is 1tFabc {mark}
"""

QMAIL = """\
Return-Path: <>
Delivered-To: tte+{mark}@example.go.id
From: MAILER-DAEMON@tua.tarakankota.go.id
To: tte+{mark}@example.go.id
Subject: failure notice

Hi. This is the qmail-send program at tua.tarakankota.go.id.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<siti@tarakankota.go.id>:
Sorry, no mailbox here by that name. (#5.1.1)
"""

WORDLESS = """\
Return-Path: <>
To: tte+{mark}@example.go.id
From: postmaster@tua.tarakankota.go.id
Subject: Undeliverable

"""

ON_LEAVE = """\
Return-Path: <>
Delivered-To: tte+{mark}@example.go.id
Auto-Submitted: auto-replied (vacation)
From: Kepala Dinas <kadis@tarakankota.go.id>
Subject: Sedang cuti
In-Reply-To: <{mark}@example.go.id>

Saya cuti sampai tanggal 10. Untuk yang mendesak, hubungi 0551 550 5.1.1.
"""

ON_LEAVE_AT_EXCHANGE = """\
Return-Path: <>
To: tte+{mark}@example.go.id
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
From: Kepala Dinas <kadis@tarakankota.go.id>
Subject: Automatic reply: [TTE Tarakan] Mohon disposisi

I am out of office.
"""

ON_LEAVE_LONG_AGO = """\
To: tte+{mark}@example.go.id
X-Autoreply: yes
Precedence: auto_reply
From: kadis@tarakankota.go.id
Subject: Re: [TTE Tarakan] Mohon disposisi

Sedang di luar kantor.
"""

ACKNOWLEDGED = """\
Return-Path: <>
To: tte+{mark}@example.go.id
From: Postmaster <postmaster@tarakankota.go.id>
Subject: Re: [TTE Tarakan] Mohon disposisi

Email Anda kami terima pukul 08.00. Nomor 550 5.1.1.
"""

RECEIPT = """\
To: tte@example.go.id
From: siti@tarakankota.go.id
Subject: Read: [TTE Tarakan] Permohonan diterima
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

Dibaca.
--b
Content-Type: message/disposition-notification

Original-Message-ID: <{mark}@example.go.id>
Disposition: automatic-action/MDN-sent-automatically; displayed

--b--
"""

QUESTION = """\
Return-Path: <siti@tarakankota.go.id>
To: tte@example.go.id
From: Siti <siti@tarakankota.go.id>
Subject: Re: [TTE Tarakan] Permohonan diterima
In-Reply-To: <{mark}@example.go.id>

Mengapa permohonan saya failed? Kode 550 5.1.1.
"""

FORWARDED = (
    """\
Return-Path: <siti@tarakankota.go.id>
To: tte@example.go.id
From: Siti <siti@tarakankota.go.id>
Subject: Fwd: Undelivered Mail Returned to Sender
Content-Type: multipart/mixed; boundary="f"

--f
Content-Type: text/plain

Apa artinya ini?
--f
Content-Type: message/rfc822

"""
    + POSTFIX
    + "\n--f--\n"
)

SPAM = "Return-Path: <x@spam.example>\nTo: tte@example.go.id\nFrom: X <x@spam.example>\nSubject: Menang!\n\nKlik.\n"


def about(specimen: str, mark: str = MARK) -> bytes:
    """A specimen about the email of a mark, as it arrives."""
    return specimen.replace("{mark}", mark).replace("\n", "\r\n").encode()
