"""Links to one's case that were lost, have expired or are not ours."""

from datetime import timedelta

import pytest

from tests.support.holder import OTHER, holder
from tests.support.stage import InProcess, Stage
from tests.support.ways import EMAIL, FORM, WAYS


@pytest.mark.parametrize("page", ["permohonan", "konfirmasi"])
def test_links_that_are_not_ours_open_nothing(stage: Stage, page: str) -> None:
    number = stage.case("confirm")
    other = {"permohonan": "konfirmasi", "konfirmasi": "permohonan"}[page]
    foreign = stage.link(other, number).replace(f"/{other}/", f"/{page}/")
    for link in (f"/{page}/x.y", foreign, stage.link(page, number)[:-3], stage.link("telaah", number)):
        answer = InProcess(stage.browser()).get(link.replace("/telaah/", f"/{page}/"))
        assert answer.status == 403
        assert "Tautan tidak dikenal" in answer.text
        assert number not in answer.text


def test_an_expired_link_is_renewed_by_one_button_to_the_registered_address(stage: Stage) -> None:
    number = stage.case("confirm")
    link = stage.link("permohonan", number, minutes=5)
    stage.clock.forward(minutes=6)
    before = len(stage.mail())
    browser = InProcess(stage.browser())
    page = browser.get(link)
    assert page.status == 410
    assert FORM["nama_ktp"] not in page.text
    assert "Periksa email Anda" in browser.submit(page, page.form("/tautan")).text
    (fresh,) = stage.mail()[before:]
    assert (fresh["to"], number in fresh["subject"]) == (EMAIL, True)
    assert browser.get(fresh["links"][0]).url == f"http://localhost/permohonan/{number}"


@pytest.mark.parametrize(
    ("state", "page", "words_of_link"),
    [("waiting", "permohonan", "permohonan"), ("unconfirmed", "permohonan", "konfirmasi")],
)
def test_a_lost_link_comes_again_to_whoever_knows_ticket_and_address(
    stage: Stage, state: str, page: str, words_of_link: str
) -> None:
    number = stage.case(*WAYS[state])
    before = len(stage.mail())
    browser = InProcess(stage.browser())
    asking = browser.get(f"/tautan?halaman={page}")
    for email in (OTHER, EMAIL.upper()):
        browser.submit(asking, asking.form("/tautan"), tiket=number.lower(), email=email)
    (mail,) = stage.mail()[before:]
    assert mail["to"] == EMAIL
    assert f"/{words_of_link}/" in mail["links"][0]


@pytest.mark.parametrize(
    "asked",
    [
        {"tiket": "TTE-26-4F7K-9QXM", "email": EMAIL},
        {"tiket": "x", "email": ""},
        {"halaman": "meja", "email": "nobody@tarakankota.go.id"},
        {"halaman": "telaah", "tiket": "<number>", "email": OTHER},
        {"halaman": "telaah", "tiket": "<number>", "email": EMAIL},
        {"halaman": "entah", "tiket": "<number>", "email": OTHER},
        {"token": "x.y"},
        {},
    ],
)
def test_asking_for_a_link_that_is_not_ones_own_is_answered_alike_and_sends_nothing(
    stage: Stage, asked: dict[str, str]
) -> None:
    number = stage.case("confirm")
    before = len(stage.mail())
    mine = stage.browser().post("/tautan", data={"tiket": number, "email": EMAIL})
    fields = {name: value.replace("<number>", number) for name, value in asked.items()}
    theirs = stage.browser().post("/tautan", data=fields)
    assert (theirs.status_code, "Periksa email Anda" in theirs.text) == (200, True)
    if "halaman" not in asked:
        assert theirs.data == mine.data
    assert [mail["to"] for mail in stage.mail()[before:]] == [EMAIL]


def test_an_old_link_opens_the_case_as_it_is_today(stage: Stage) -> None:
    number = stage.case("confirm")
    link = stage.link("permohonan", number, days=30)
    stage.clock.forward(days=29)
    for action in WAYS["returned"][1:]:
        stage.act(number, action)
    page = InProcess(stage.browser()).get(link)
    assert (page.status, "Perlu perbaikan" in page.text) == (200, True)
    stage.clock.forward(days=1, hours=1)
    assert InProcess(stage.browser()).get(link).status == 410


def test_a_session_ends_after_half_a_day_and_says_how_to_go_on(stage: Stage) -> None:
    siti = holder(stage, "waiting")
    stage.clock.at += timedelta(hours=12, minutes=1)
    late = siti.get()
    assert late.status == 403
    assert "Buka tautan dari email Anda" in late.text
