"""What every answer and every cookie says to browsers."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Response

from portal.web.access import Access
from tests.support.http_parts import policy
from tests.support.stage import KADIS, Stage


def test_every_answer_forbids_framing_sniffing_strange_scripts_and_keeping(shared_stage: Stage) -> None:
    number = shared_stage.case("confirm")
    browser = shared_stage.browser()
    for link in (
        shared_stage.link("permohonan", number),
        shared_stage.link("telaah", number),
        shared_stage.link("meja", number, KADIS),
    ):
        browser.get(link)
    paths = (
        "/status", f"/status/{number}", f"/permohonan/{number}", f"/telaah/{number}", "/meja", "/rekap", "/rekap.csv",
        "/sehat", "/tidak-ada", "/tautan", "/ajukan", "/permohonan/x", "/_mailbox", "/_mailbox.json", "/unggah",
    )  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        rules = policy(answer)
        assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"} <= rules, path
        assert not [rule for rule in rules if "unsafe" in rule or "*" in rule], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        may_be_secret = path == "/permohonan/x"
        assert answer.headers["Referrer-Policy"] == ("strict-origin" if may_be_secret else "same-origin")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
    picture = browser.get(f"/telaah/{number}/berkas/ktp/1.jpg?lebar=320")
    assert (picture.status_code, picture.headers["Cache-Control"]) == (200, "private, no-cache")


def test_of_an_address_that_holds_a_secret_no_other_hears(stage: Stage) -> None:
    """The redirect that takes the secret out says nothing of where it was; a page that refuses it, only which site."""
    number = stage.case("confirm")
    for page in ("konfirmasi", "permohonan", "telaah", "meja"):
        link = stage.link(page, number, KADIS if page == "meja" else "")
        led = stage.browser().get(link)
        assert (led.status_code, led.headers["Referrer-Policy"]) == (303, "no-referrer"), page
        forged = stage.browser().get(f"{link}x")
        assert (forged.status_code, forged.headers["Referrer-Policy"]) == (403, "strict-origin"), page


@pytest.mark.parametrize(
    ("address", "insists"), [("http://localhost", None), ("https://tte.tarakankota.go.id", "max-age=31536000")]
)
def test_an_address_with_tls_is_never_asked_without(tmp_path: Path, address: str, insists: str | None) -> None:
    stage = Stage(tmp_path, address=address)
    for path in ("/status", "/sehat", "/tidak-ada"):
        answer = stage.browser().get(path, base_url=address)
        assert answer.headers.get("Strict-Transport-Security") == insists
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    stage.close()


def test_whoever_has_found_a_hole_reads_where_to_tell_of_it(stage: Stage) -> None:
    answer = stage.browser().get("/.well-known/security.txt")
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert told["Contact"] == f"mailto:{stage.office.services.office['email']}"
    assert timedelta(days=150) < datetime.fromisoformat(told["Expires"]) - stage.clock() < timedelta(days=365)
    assert told["Canonical"] == "http://localhost/.well-known/security.txt"


SECURE = "https://tte.tarakankota.go.id"
HOST = "tte.tarakankota.go.id"


def todays_cookie(stage: Stage, number: str) -> str:
    said = stage.browser().get(stage.link("telaah", number)).headers["Set-Cookie"]
    return said.split(";")[0].partition("=")[2]


def old_cookie(stage: Stage, number: str) -> str:
    """As it was signed before there was a prefix."""
    return stage.sign("cookie.telaah", stage.cases.case_claims(stage.load(number), stage.official(number).email))


def test_who_was_in_before_cookies_had_a_prefix_stays_in_and_todays_goes_first(tmp_path: Path) -> None:
    stage = Stage(tmp_path, address=SECURE)
    first, second = stage.case("confirm"), stage.case("confirm")
    browser = stage.browser()
    for name in ("telaah", "__Secure-telaah"):  # the first ones with a prefix were signed as those without
        browser.set_cookie(name, old_cookie(stage, first), path="/telaah", domain=HOST, secure=True)
        assert browser.get(f"/telaah/{first}", base_url=SECURE).status_code == 200
    # As who speaks plain HTTP for the domain might put it there; the browser has its own already.
    browser.set_cookie("telaah", old_cookie(stage, second), path="/telaah", domain=HOST)
    browser.set_cookie("__Secure-telaah", todays_cookie(stage, first), path="/telaah", domain=HOST, secure=True)
    assert browser.get(f"/telaah/{first}", base_url=SECURE).status_code == 200
    assert browser.get(f"/telaah/{second}", base_url=SECURE).status_code == 403
    stage.close()


def test_todays_cookie_counts_by_no_other_name_and_an_old_one_ends(tmp_path: Path) -> None:
    stage = Stage(tmp_path, address=SECURE)
    number = stage.case("confirm")
    for value, life, status in (
        (todays_cookie(stage, number), 0, 403),
        (old_cookie(stage, number), 0, 200),
        (old_cookie(stage, number), 8, 403),
    ):
        browser = stage.browser()
        browser.set_cookie("telaah", value, path="/telaah", domain=HOST)
        stage.clock.forward(days=life)
        assert browser.get(f"/telaah/{number}", base_url=SECURE).status_code == status
    stage.close()


def test_leaving_takes_away_the_cookies_of_both_names(tmp_path: Path) -> None:
    stage = Stage(tmp_path, address="https://tte.tarakankota.go.id")
    with stage.app.test_request_context():
        answer = Response()
        Access(stage.office.links, secure=True).forget(answer, "petugas", "/petugas")
    gone = answer.headers.getlist("Set-Cookie")
    assert [each.partition("=")[0] for each in gone] == ["__Secure-petugas", "petugas"]
    assert all("Secure" in each and "Max-Age=0" in each for each in gone)
    stage.close()


@pytest.mark.parametrize("address", ["http://localhost", "https://tte.tarakankota.go.id"])
def test_a_cookie_is_for_its_own_page_and_for_no_script(tmp_path: Path, address: str) -> None:
    stage = Stage(tmp_path, address=address)
    number, draft = stage.case("confirm"), stage.draft()
    for link, name, path in (
        (stage.link("konfirmasi", number), "konfirmasi", f"/konfirmasi/{number}"),
        (stage.link("permohonan", number), "permohonan", f"/permohonan/{number}"),
        (stage.link("telaah", number), "telaah", f"/telaah/{number}"),
        (stage.link("meja", number, KADIS), "meja", "/meja"),
        (stage.draft_link(draft), "draf", f"/ajukan/{draft.id}"),
    ):
        answer = stage.browser().get(link)
        said = answer.headers["Set-Cookie"].split("; ")
        prefix = "__Secure-" if address.startswith("https") else ""
        assert said[0].startswith(f"{prefix}{name}=")
        assert {"HttpOnly", "SameSite=Lax", f"Path={path}", "Max-Age=43200"} <= set(said)
        assert ("Secure" in said) is address.startswith("https")
        assert "Domain" not in answer.headers["Set-Cookie"]
        assert answer.headers["Location"].startswith(path)
        assert link.rpartition("/")[2] not in answer.headers["Location"]
    for path in ("/", "/status", "/ajukan", "/rekap", "/tautan", "/tidak-ada"):
        assert "Set-Cookie" not in stage.browser().get(path).headers
    stage.close()
