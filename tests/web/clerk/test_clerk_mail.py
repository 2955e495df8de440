"""Emails that did not arrive: what became of each, and the page on which its address is set right."""

from portal.engines.ports import CameBack
from tests.support.browser_without_javascript import Page
from tests.support.clerk import ClerkInPerson
from tests.support.keeper import words
from tests.support.stage import KADIS, Stage

FULL = "552 5.2.2 mailbox full"


def comes_back(stage: Stage, number: str, recipient: str, answer: str = FULL) -> None:
    """An email about a case, taken by the relay, comes back."""
    stage.outbox.send_due()
    owed = next(owed for owed in stage.records.notices(number) if owed.recipient == recipient)
    stage.records.came_back(CameBack([owed.identity], answer, True), stage.clock())


def hrefs(page: Page) -> list[str]:
    return [str(href) for href in page.html.xpath("//main//a/@href")]


def test_an_applicants_email_that_failed_leads_to_where_his_address_is_set_right(stage: Stage) -> None:
    number = stage.case(email="salah@tarakankota.go.id")
    comes_back(stage, number, "salah@tarakankota.go.id", "550 5.1.1 no such user")
    page = ClerkInPerson.at_the_desk(stage).get("/petugas/email")
    assert "Alamat menolak email" in words(page)
    assert f"/petugas/permohonan/{number}/betulkan" in hrefs(page)


def test_an_officials_leads_to_his_own_page(stage: Stage) -> None:
    comes_back(stage, stage.case("confirm"), KADIS)
    clerk = ClerkInPerson.at_the_desk(stage)
    page = clerk.get("/petugas/email")
    (way,) = [href for href in hrefs(page) if href.startswith("/petugas/pejabat/")]
    assert KADIS in words(clerk.get(way))


def test_a_full_mailbox_is_called_so(stage: Stage) -> None:
    comes_back(stage, stage.case("confirm"), KADIS)
    told = words(ClerkInPerson.at_the_desk(stage).get("/petugas/email"))
    assert "Kotak surat penerima penuh" in told
    assert "Alamat menolak email" not in told


def test_a_case_tells_of_a_letter_that_came_back_by_its_name_and_first(stage: Stage) -> None:
    number, clerk = stage.case("confirm"), ClerkInPerson.at_the_desk(stage)
    fresh = clerk.get(f"/petugas/permohonan/{number}")
    assert "Email:" not in words(fresh)
    comes_back(stage, number, KADIS)
    told = words(clerk.get(f"/petugas/permohonan/{number}"))
    assert "Email: Kotak surat penerima penuh" in told
    assert told.index("Email:") < told.index("Email untuk surat") < told.index("Riwayat")
    (owed,) = [owed for owed in stage.records.unsent() if owed.problem]
    assert number in stage.outbox.subject(owed)
    assert stage.outbox.subject(owed) in told
