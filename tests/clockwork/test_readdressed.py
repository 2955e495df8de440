"""An official's address set right: what waits goes there, older links end, and the former one hears only that."""

from portal.core.clerks import Clerk
from portal.core.errors import MailRefused
from tests.support.office_days import Relay, at, chores, mail_to
from tests.support.stage import OTHER_VERIFIKATOR, VERIFIKATOR, Stage
from tests.support.ways import SECRETS, TO_VERIFIKATOR

NEW = "wati.benar@tarakankota.go.id"


def readdressed(stage: Stage) -> int:
    appointing = stage.house.appointing
    return appointing.readdress(appointing.anywhere(OTHER_VERIFIKATOR), NEW)


def test_what_waits_is_told_there_in_one_email_and_older_links_say_why_they_end(stage: Stage) -> None:
    numbers = [stage.case(*TO_VERIFIKATOR) for _ in range(2)]
    case, desk = stage.link("telaah", numbers[0], OTHER_VERIFIKATOR), stage.link("meja", "", OTHER_VERIFIKATOR)
    known = len(mail_to(stage, OTHER_VERIFIKATOR))
    assert readdressed(stage) == 2
    (told,) = mail_to(stage, NEW)
    assert all(number in told["text"] for number in numbers)
    assert "Keputusan Anda" in stage.browser().get(told["links"][0], follow_redirects=True).text
    (left,) = mail_to(stage, OTHER_VERIFIKATOR)[known:]
    said = left["subject"] + left["text"] + left["html"]
    assert not [each for each in (*SECRETS, *numbers) if each in said]
    assert "/telaah" not in said
    for link in (case, desk):
        answer = stage.browser().get(link, follow_redirects=True)
        assert (answer.status_code, "Alamat email sudah diganti" in answer.text) == (403, True)
    for day in range(3):
        at(stage, day, 9)
        chores(stage)
    assert len(mail_to(stage, OTHER_VERIFIKATOR)) == known + 1
    assert len(mail_to(stage, NEW, "menunggu Anda sebagai")) == 1


def test_a_case_that_was_given_to_him_is_still_his_alone(stage: Stage) -> None:
    number = stage.case(*TO_VERIFIKATOR)
    clerk = Clerk("Rina Contoh", "rina@tarakankota.go.id")
    stage.house.corrections.assign(number, stage.load(number).version, OTHER_VERIFIKATOR, "Ia yang tahu.", clerk)
    readdressed(stage)
    assert [len(stage.cases.desk(each)) for each in (VERIFIKATOR, NEW)] == [0, 1]


def test_what_did_not_arrive_goes_to_the_new_address_and_the_dead_one_is_left_alone(stage: Stage) -> None:
    relay = Relay(stage)
    relay.answers[OTHER_VERIFIKATOR] = MailRefused("mail_refused", answer="550 no such user")
    number = stage.case(*TO_VERIFIKATOR)
    stage.cases.decide(
        stage.cases.case_claims(stage.load(number), OTHER_VERIFIKATOR),
        "dispatch",
        {"checklist": ["surat", "formulir", "ktp", "sk", "email"]},
        stage.load(number).version,
    )
    while relay.outbox.send_due():
        pass
    assert {owed.letter for owed in stage.outbox.red_list()} == {"decided"}
    readdressed(stage)
    assert stage.outbox.red_list() == []
    relay.taken.clear()
    while relay.outbox.send_due():
        pass
    assert {message.to for message in relay.taken} == {NEW}
    assert any("Bukti keputusan" in message.subject for message in relay.taken)
