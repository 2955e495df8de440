"""A ticket's number that is lost: sent to the registered address, for which alone it is asked."""

from datetime import timedelta
from urllib.parse import urlsplit

from portal.core.application import Actor
from portal.core.erasing import Ground
from tests.support.filler import EMAIL as FILLER
from tests.support.filler import batch_of
from tests.support.office_days import mail_to
from tests.support.sessions import SOMEBODY
from tests.support.stage import Stage
from tests.support.ways import EMAIL, WAYS

OTHER = "rina.contoh@tarakankota.go.id"


def asked(stage: Stage, address: str) -> str:
    return stage.browser().post("/tautan", data={"halaman": "permohonan", "email": address, "tiket": " "}).text


def sent(stage: Stage, address: str) -> list[str]:
    return [each["text"] for each in mail_to(stage, address, "Nomor tiket permohonan")]


def test_whoever_has_lost_the_number_is_sent_his_open_cases_with_a_link_to_each(stage: Stage) -> None:
    first, second, closed = (stage.case(*way) for way in (("confirm",), WAYS["returned"], ("confirm", "reject")))
    others = stage.case("confirm", email=OTHER)
    asked(stage, f" {EMAIL.upper()}. ")
    (text,) = sent(stage, EMAIL)
    assert first in text
    assert second in text
    assert closed not in text
    assert others not in text
    assert text.count("/permohonan/") == 2
    assert "Siti" not in text


def test_one_that_waits_for_its_confirmation_is_confirmed_by_its_link(stage: Stage) -> None:
    number = stage.case()
    asked(stage, EMAIL)
    (text,) = sent(stage, EMAIL)
    assert number in text
    assert "/konfirmasi/" in text


def test_nobody_learns_whether_there_is_anything_and_a_stranger_gets_nothing(stage: Stage) -> None:
    stage.case("confirm")
    assert asked(stage, OTHER) == asked(stage, EMAIL) == asked(stage, "bukan alamat")
    assert sent(stage, OTHER) == []
    assert stage.outbox.red_list() == []
    assert len(sent(stage, EMAIL)) == 1


def test_it_is_sent_at_most_once_an_hour(stage: Stage) -> None:
    stage.case("confirm")
    for _ in range(3):
        asked(stage, EMAIL)
    assert len(sent(stage, EMAIL)) == 1
    stage.clock.at += timedelta(hours=1)
    asked(stage, EMAIL)
    assert len(sent(stage, EMAIL)) == 2


def test_nothing_is_left_of_who_asked_once_it_is_answered_and_may_be_asked_again(stage: Stage) -> None:
    stage.case("confirm")
    for address in (EMAIL, OTHER):
        asked(stage, address)
    assert len(sent(stage, EMAIL)) == 1
    stage.clockwork.expire()
    assert len(stage.records.notices("tickets")) == 2, "the same answer an hour long"
    stage.clock.at += timedelta(hours=1, seconds=1)
    asked(stage, EMAIL)
    stage.clockwork.expire()
    (left,) = stage.records.notices("tickets")
    assert (left.recipient, left.is_owed) == (EMAIL, True), "what is not answered yet stays"


def test_a_lost_link_to_several_colleagues_comes_again_by_the_address_alone(stage: Stage) -> None:
    batch = batch_of(stage.house, 2)
    visitor = stage.browser()
    page = visitor.get("/usulan")
    assert "/tautan?halaman=usulan" in page.text
    form = visitor.get("/tautan?halaman=usulan").text
    assert 'name="tiket"' not in form
    answers = {
        visitor.post("/tautan", data={"halaman": "usulan", "email": address}).text
        for address in (FILLER, OTHER, "bukan alamat")
    }
    assert len(answers) == 1, "the same for everybody"
    asked(stage, FILLER)  # who leaves the ticket's number empty gets the same email, and within an hour only one
    assert sent(stage, OTHER) == []
    (text,) = sent(stage, FILLER)
    assert "Jumlah pegawai: 2" in text
    link = next(word for word in text.split() if "/usulan/" in word)
    page = visitor.get(urlsplit(link).path, follow_redirects=True)
    assert "2 belum dikirim" in page.text
    assert batch.id in page.request.path


def test_an_old_link_to_what_is_erased_is_answered_with_as_much_work_as_one_to_what_is_there(stage: Stage) -> None:
    there, gone = stage.case(*WAYS["rejected"]), stage.case(*WAYS["withdrawn"], **SOMEBODY)
    old = {number: stage.link("permohonan", number, minutes=5).rpartition("/")[2] for number in (there, gone)}
    erased(stage, gone)
    stage.mail()
    stage.clock.forward(days=20)
    bent = f"{old[gone][:-3]}xyz"

    def owed(token: str) -> tuple[int, str]:
        before = len(list(stage.records.unsent()))
        answer = stage.browser().post("/tautan", data={"halaman": "permohonan", "token": token}, follow_redirects=True)
        return len(list(stage.records.unsent())) - before, answer.text

    first, again = {owed(token) for token in old.values()}, {owed(token) for token in old.values()}
    assert ([number for number, _ in first], [number for number, _ in again]) == ([1], [0])
    assert {text for _, text in first | again} == {owed(bent)[1]}
    assert owed(bent)[0] == 0, "what nobody made tells nobody anything, and costs nothing"


def erased(stage: Stage, number: str) -> None:
    by = Actor("clerk", "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
    stage.house.erasing.erase(stage.house.dossiers.find(number), Ground.UNUSED, "Surat 1.", by)
