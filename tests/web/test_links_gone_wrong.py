"""Links changed, borrowed, old, used or signed with another key."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import lxml.html
from werkzeug.test import TestResponse

from portal.bootstrap import build
from portal.config import Config
from portal.editions import read_messages
from portal.usecases.outbox import LEASE
from tests.support.at_once import at_once
from tests.support.sessions import Session
from tests.support.stage import KABID, KADIS, InProcess, Stage
from tests.support.ways import EMAIL, SECRETS

MESSAGES = read_messages()["errors"]


def opened(stage: Stage, link: str) -> TestResponse:
    return stage.browser().get(link, follow_redirects=True)


def test_a_link_changed_in_any_character_opens_nothing_else(stage: Stage) -> None:
    number, other = stage.case("confirm"), stage.case("confirm")
    draft = stage.draft()
    before = stage.dump()
    for link in (stage.link("permohonan", number), stage.draft_link(draft)):
        place, _, token = link.rpartition("/")
        genuine = stage.browser().get(link).headers["Location"]
        for position, character in enumerate(token):
            changed = token[:position] + ("A" if character != "A" else "B") + token[position + 1 :]
            answer = stage.browser().get(f"{place}/{changed}")
            # The last character of a signature holds bits that mean nothing: it is the same signature then.
            assert answer.status_code == 403 or answer.headers["Location"] == genuine, position
            if answer.status_code == 403:
                assert MESSAGES["link_forged"]["title"] in answer.text
        for cut in (1, 5, 20, len(token) // 2, len(token) - 1):
            assert stage.browser().get(f"{place}/{token[:-cut]}").status_code in (303, 403, 404)
    assert other not in opened(stage, stage.link("permohonan", number)).text
    assert stage.dump() == before


def test_a_link_of_another_page_ticket_or_person_opens_only_what_it_was_made_for(stage: Stage) -> None:
    number, other = stage.case("confirm"), stage.case("confirm", email="wati@tarakankota.go.id")
    pages = ("konfirmasi", "permohonan", "telaah", "meja")
    tokens = {page: stage.link(page, number, KADIS).rpartition("/")[2] for page in pages}
    for page in pages:
        for made_for, token in tokens.items():
            answer = stage.browser().get(f"/{page}/{token}")
            assert answer.status_code == (303 if page == made_for else 403), (page, made_for)
        for purpose in ("csrf", "finish", "upload", "cookie.permohonan", "draft"):
            token = stage.office.links.sign(purpose, {"t": number, "r": KADIS, "d": "x"}, stage.clock.at + LEASE)
            assert stage.browser().get(f"/{page}/{token}").status_code == 403, (page, purpose)
    browser = stage.browser()
    browser.get(stage.link("permohonan", other))
    browser.get(stage.link("telaah", other))
    assert number not in browser.get(f"/permohonan/{other}").text
    assert browser.get(f"/permohonan/{number}").status_code == 403
    answer = browser.get(f"/telaah/{number}")
    assert answer.status_code == 403
    assert MESSAGES["link_needed"]["title"] in answer.text
    assert "SITI" not in answer.text


def test_a_link_whose_time_is_over_is_renewed_to_the_registered_address_and_once_an_hour(stage: Stage) -> None:
    number, unconfirmed = stage.case("confirm"), stage.case(email="wati@tarakankota.go.id")
    stage.mail()
    owners = {
        stage.link("permohonan", number, minutes=1): EMAIL,
        stage.link("konfirmasi", unconfirmed, minutes=1): "wati@tarakankota.go.id",
        stage.link("telaah", number, minutes=1): KADIS,
        stage.link("meja", number, KADIS, minutes=1): KADIS,
    }
    stage.clock.forward(hours=2)
    for link, owner in owners.items():
        page = opened(stage, link)
        assert page.status_code == 410
        assert MESSAGES["link_expired"]["title"] in page.text
        form = next(form for form in lxml.html.fromstring(page.get_data()).forms if form.action == "/tautan")
        asked = {**dict(form.form_values()), "email": "jahat@tarakankota.go.id", "tiket": unconfirmed}
        before = len(stage.mail())
        told = [stage.browser().post("/tautan", data=asked) for _ in range(3)]
        assert {answer.status_code for answer in told} == {200}
        assert [mail["to"] for mail in stage.mail()[before:]] == [owner]
        fresh = stage.mail()[-1]["links"][0]
        assert opened(stage, fresh.removeprefix("http://localhost")).status_code == 200
        stage.clock.forward(hours=1)
        stage.browser().post("/tautan", data=asked)
        assert [mail["to"] for mail in stage.mail()[before:]] == [owner] * 2


def test_asking_for_a_link_tells_nobody_whether_there_is_one(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.mail()
    genuine = stage.link("permohonan", number, minutes=1).rpartition("/")[2]
    stage.clock.forward(hours=1)
    asked: list[dict[str, str]] = [
        {"tiket": number, "email": EMAIL},
        {"tiket": number, "email": "orang.lain@tarakankota.go.id"},
        {"tiket": "TTE-26-2222-222K", "email": EMAIL},
        {"tiket": "x", "email": "\0"},
        {"token": genuine},
        {"token": genuine[:-5] + "AAAAA"},
        {},
    ]
    answers = [stage.browser().post("/tautan", data=fields) for fields in asked]
    assert len({(answer.status_code, answer.get_data(), str(answer.headers)) for answer in answers}) == 1
    officials = [{"halaman": "meja", "email": email} for email in (KADIS, "orang.lain@tarakankota.go.id")]
    officials += [{"halaman": "telaah", "tiket": number, "email": email} for email in (KADIS, KABID)]
    told = [stage.browser().post("/tautan", data=fields) for fields in officials]
    assert {answer.status_code for answer in told} == {200}
    assert told[0].get_data() == told[1].get_data()
    assert told[2].get_data() == told[3].get_data()
    assert {mail["to"] for mail in stage.mail()} == {EMAIL, KADIS}


def test_a_used_link_says_what_has_become_of_it(stage: Stage) -> None:
    number, lapsed = stage.case(), stage.case("lapse")
    confirming = stage.link("konfirmasi", number)
    stage.act(number, "confirm")
    assert "sudah dikonfirmasi" in opened(stage, confirming).text
    assert "Tidak dikonfirmasi" in opened(stage, stage.link("konfirmasi", lapsed)).text
    telaah = stage.link("telaah", number)
    stage.act(number, "forward")
    page = opened(stage, telaah)
    assert "sudah ditindaklanjuti oleh Kepala Dinas" in page.text
    assert not [secret for secret in SECRETS if secret in page.text]
    draft = stage.draft()
    link = stage.draft_link(draft)
    sent = stage.intake.submit(draft.id)
    assert sent.ticket in opened(stage, link).text


def test_somebody_whose_appointment_ended_since_the_email_reads_and_decides_nothing(stage: Stage) -> None:
    session = Session(stage, "/telaah/<number>/putuskan")
    kadis = next(official for official in stage.records.officials() if official.email == KADIS)
    stage.records.appoint(replace(kadis, until=date(2026, 11, 22)))
    before = stage.dump()
    answer = session.answer(csrf=session.csrf)
    assert (answer.status_code, MESSAGES["appointment_ended"]["title"] in answer.text) == (403, True)
    assert "SITI" not in session.browser.get(session.path.removesuffix("/putuskan")).text
    assert stage.dump() == before


def test_nobody_opens_or_decides_on_his_own_application_by_address_or_by_number(stage: Stage) -> None:
    kadis = next(official for official in stage.records.officials() if official.email == KADIS)
    stage.records.appoint(replace(kadis, number="197001012000121001"))
    for own in ({"email": KADIS}, {"nip": "197001012000121001", "nik": "6473014101700001"}):
        number = stage.case("confirm", **own)
        link = f"/telaah/{stage.sign('telaah', stage.cases.case_claims(stage.load(number), KADIS))}"
        before = stage.dump()
        page = opened(stage, link)
        assert (page.status_code, MESSAGES["own_application"]["title"] in page.text) == (403, True)
        assert stage.dump() == before


def test_after_a_new_key_old_links_work_and_after_the_old_key_is_gone_they_do_not(tmp_path: Path) -> None:
    first = Stage(tmp_path)
    number = first.case("confirm")
    old, keys = first.link("permohonan", number), tmp_path / "kunci"
    first.close()
    keys.write_text(keys.read_text("utf-8") + "kunci-baru-yang-cukup-panjang\n", "utf-8")
    second = Stage(tmp_path)
    new = second.link("permohonan", number)
    assert [opened(second, link).status_code for link in (old, new)] == [200, 200]
    second.close()
    keys.write_text("kunci-baru-yang-cukup-panjang\n", "utf-8")
    third = Stage(tmp_path)
    assert opened(third, new).status_code == 200
    assert opened(third, old).status_code == 403
    third.close()


def test_servers_that_start_for_the_first_time_at_one_moment_share_one_key(tmp_path: Path) -> None:
    config = Config.from_environment({}, data=tmp_path, rehearsal=True)
    houses = at_once(*[lambda: build(config)] * 6)
    now = datetime.now(UTC)
    for one in houses:
        for other in houses:
            assert other.office.links.read("x", one.office.links.sign("x", {"a": 1}, now + LEASE), now) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir() if "kunci" in path.name] == ["kunci"]
    for house in houses:
        house.office.records.close()
        house.engine.mailbox.close()


def test_who_asks_again_within_the_hour_reads_that_the_first_link_still_opens(stage: Stage) -> None:
    number, told = stage.case("confirm"), set()
    so_far = len(stage.mail())
    for email in (EMAIL, EMAIL, "siapa@contoh.id"):
        browser = InProcess(stage.browser())
        page = browser.get("/tautan?halaman=permohonan")
        page = browser.submit(page, page.form("/tautan"), tiket=number, email=email)
        told.add(page.text)
        stage.clock.forward(minutes=5)
    assert len(told) == 1
    assert "kurang dari satu jam yang lalu, tautan itu masih dapat dibuka" in page.text
    (again,) = page.html.xpath("//a[.='Ketik alamat lain']/@href")
    assert browser.get(again).form("/tautan").fields["halaman"] == "permohonan"
    assert len(stage.mail()) == so_far + 1
    (link,) = (each for each in stage.mail()[-1]["links"] if "/permohonan/" in each)
    assert number in browser.get(link.removeprefix("http://localhost")).text
