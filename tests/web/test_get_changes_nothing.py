"""Whoever only looks changes nothing, at any address; and only the portal's own forms change something.

Every address comes from the application's own map: a new one that is not dealt with here makes these tests fail.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.support.clerk import EMAIL as CLERK
from tests.support.sessions import A_MARK, WORKS, Session
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, Stage
from tests.support.ways import EMAIL, FORM, SAYS, WAYS

pytestmark = pytest.mark.long

GARBAGE = ("x", "a.b.c", "../../etc/passwd", "%00", "\x00", "\ud7ff\ufffe", "TTE-26-2222-2222", "0" * 3000, "\\", "<b>")
LOOKING = ("GET", "HEAD", "OPTIONS", "GET")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("data"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def cases(stage: Stage) -> dict[str, str]:
    """A ticket in every state, and every email sent."""
    found = {name: stage.case(*way) for name, way in WAYS.items()}
    stage.mail()
    return found


def rules(stage: Stage, method: str) -> list[Rule]:
    return [rule for rule in stage.app.url_map.iter_rules() if method in (rule.methods or ())]


def addresses(stage: Stage, rule: Rule, values: dict[str, tuple[Any, ...]]) -> Iterator[str]:
    """The rule's address with each value of each of its parameters, the other parameters at their first value."""
    adapter = stage.app.url_map.bind("localhost")
    first = {name: values[name][0] for name in rule.arguments}
    yield adapter.build(rule.endpoint, first)
    for name in sorted(rule.arguments):
        for value in values[name][1:]:
            yield adapter.build(rule.endpoint, {**first, name: value})


def links(stage: Stage, number: str) -> list[str]:
    """A genuine link of every kind, for this case and for whoever had it last."""
    application = stage.load(number)
    email = next((e.actor.email for e in reversed(application.events) if e.actor.role != "pemohon"), KADIS) or KADIS
    drafts = [draft for draft in stage.records.drafts_before(stage.clock.at) if number in (draft.ticket, draft.mends)]
    return [
        stage.link("konfirmasi", number),
        stage.link("permohonan", number),
        stage.link("telaah", number, email),
        stage.link("meja", number, email),
        f"/petugas/masuk/{stage.sign('petugas', {'r': CLERK})}",
        *(stage.draft_link(draft) for draft in drafts if not draft.mends),
    ]


def parameters(
    number: str, tokens: list[str], draft: str, *, garbage: tuple[str, ...] = (), pictures: bool = False
) -> dict[str, tuple[Any, ...]]:
    """What to put into an address, by the name of the parameter; a name that is not here is a new one to deal with."""
    return {
        "token": (*(link.rpartition("/")[2] for link in tokens), number, number.lower(), *garbage),
        "number": (number, "TTE-26-2222-2222", *garbage),
        "ticket": (number, "TTE-26-2222-2222", *garbage),
        "draft": (draft, f"{number}-3", *garbage),
        "service": ("penerbitan",),
        "kind": ("ktp", "jabatan", *garbage),
        "key": ("jabatan", "untuk-siapa", "pengisi", *garbage),
        "page": ((1,) if pictures else ()) + (99, 10**30),
        "filename": ("portal.css", *garbage),
        "id": ("1", A_MARK, *garbage),
        "name": ("contoh-surat-permohonan.pdf", *garbage),
        "file": ("surat-permohonan.pdf", *garbage),
        "before": ("berkas/ktp", "perbaikan/berkas", *garbage),
    }


def look(browser: FlaskClient, urls: list[str], before: Any, stage: Stage) -> None:
    """Every address in every harmless way, twice; if something has changed, say which address did it."""
    for url in urls:
        for method in LOOKING:
            answer = browser.open(url, method=method)
            assert answer.status_code < 500, f"{method} {url}: {answer.status}"
            answer.close()
    if stage.dump() == before:
        return
    for url in urls:  # pragma: no cover
        held = stage.dump()
        browser.get(url).close()
        assert stage.dump() == held, f"GET {url} changes what is kept"
    assert stage.dump() == before, "looking changed what is kept"


OF_A_CASE = {"token", "number", "ticket", "draft", "before"}
"""What names one case in an address; the others show the same whichever case it is about."""


def every_key(stage: Stage, number: str, draft: str, state: str) -> tuple[FlaskClient, dict[str, tuple[Any, ...]]]:
    """A browser in which every link to this case was opened, the clerk's too, and what to put into addresses."""
    genuine, browser = links(stage, number), stage.browser()
    for link in genuine:
        browser.get(link)
    browser.set_cookie("petugas", stage.sign("cookie.petugas", {"r": CLERK}), path="/petugas")
    return browser, parameters(number, genuine, draft, pictures=state == "waiting")


@pytest.mark.parametrize("state", WAYS)
def test_looking_at_a_case_in_any_state_with_every_key_to_it_changes_nothing(
    stage: Stage, cases: dict[str, str], state: str
) -> None:
    number, before = cases[state], stage.dump()
    draft = next(d.id for d in stage.records.drafts_before(stage.clock.at) if d.ticket == number)
    browser, values = every_key(stage, number, draft, state)
    about_a_case = [rule for rule in rules(stage, "GET") if rule.arguments & OF_A_CASE]
    of_its_people = [rule for rule in rules(stage, "GET") if rule.rule in ("/permohonan", "/konfirmasi", "/meja")]
    urls = [url for rule in about_a_case + of_its_people for url in addresses(stage, rule, values)]
    look(browser, urls, before, stage)


def test_looking_with_every_key_at_what_is_about_no_case_alone_changes_nothing(
    stage: Stage, cases: dict[str, str]
) -> None:
    """There are cases in every state while this is looked at: what lists them lists all."""
    number, before = cases["booked"], stage.dump()
    draft = next(d.id for d in stage.records.drafts_before(stage.clock.at) if d.ticket == number)
    browser, values = every_key(stage, number, draft, "booked")
    others = [rule for rule in rules(stage, "GET") if not rule.arguments & OF_A_CASE]
    look(browser, [url for rule in others for url in addresses(stage, rule, values)], before, stage)


def test_looking_at_a_draft_with_its_key_changes_nothing(stage: Stage, cases: dict[str, str]) -> None:
    for kinds in ((), ("ktp",), None):
        draft = stage.draft(kinds)
        before, browser = stage.dump(), stage.browser()
        browser.get(stage.draft_link(draft))
        values = parameters(cases["waiting"], [stage.draft_link(draft)], draft.id)
        of_drafts = [rule for rule in rules(stage, "GET") if rule.rule.startswith("/ajukan")]
        look(browser, [url for rule in of_drafts for url in addresses(stage, rule, values)], before, stage)


def test_looking_at_anything_as_a_stranger_changes_nothing(stage: Stage, cases: dict[str, str]) -> None:
    number, before = cases["booked"], stage.dump()
    old = [stage.link(page, number, VERIFIKATOR, days=-1) for page in ("konfirmasi", "permohonan", "telaah", "meja")]
    values = parameters(number, old, "0" * 32, garbage=GARBAGE, pictures=True)
    urls = [url for rule in rules(stage, "GET") for url in addresses(stage, rule, values)]
    urls += [f"{rule.rule}?{query}" for rule in rules(stage, "GET") if not rule.arguments for query in QUERIES]
    look(stage.browser(), urls, before, stage)


QUERIES = ("tiket=x", "tiket=%00%ff", "bulan=2026-11", "halaman=telaah&token=x", "tindakan=confirm", "_method=POST")


def test_other_methods_than_a_form_s_are_refused_at_every_address(stage: Stage, cases: dict[str, str]) -> None:
    number = cases["waiting"]
    genuine, browser, before = links(stage, number), stage.browser(), stage.dump()
    for link in genuine:
        browser.get(link)
    for rule in stage.app.url_map.iter_rules():
        url = next(addresses(stage, rule, parameters(number, genuine, "x")))
        for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 300} - (rule.methods or set()):
            answer = browser.open(url, method=method, data={"tindakan": "forward"})
            if "POST" in (rule.methods or ()) or method != "POST" or not _posts(stage, url):
                assert answer.status_code in (403, 404, 405), f"{method} {url}: {answer.status}"
                assert "<h1>" in answer.text
            answer.close()
    assert stage.dump() == before


def _posts(stage: Stage, url: str) -> bool:
    """Is there another rule that takes a form at this very address?"""
    adapter = stage.app.url_map.bind("localhost")
    return bool("POST" in adapter.allowed_methods(urlsplit(url).path))


# --- Mail scanners ---------------------------------------------------------------------------------------------------


def scan(stage: Stage) -> None:
    """What a mail gateway does: open every link of every email, and what the pages behind them link to."""
    mail, before, scanner = stage.mail(), stage.dump(), stage.browser()
    for message in mail:
        for link in message["links"]:
            for method in ("HEAD", "GET", "OPTIONS"):
                answer = scanner.open(link.removeprefix("http://localhost"), method=method, follow_redirects=True)
                assert answer.status_code < 500, link
    for link in {link for message in mail[-3:] for link in message["links"]}:
        page = scanner.get(link.removeprefix("http://localhost"), follow_redirects=True)
        for address in lxml.html.fromstring(page.get_data()).xpath("//main//@href | //main//form/@action"):
            if address.startswith("/") and not address.startswith("/meja/"):
                scanner.get(address, follow_redirects=True).close()
    assert stage.dump() == before


def test_a_mail_scanner_opens_every_link_before_and_after_the_people_and_they_notice_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    number = stage.case()
    scan(stage)
    siti = stage.applicant(email=EMAIL)
    siti.ticket = number
    assert "sudah dikonfirmasi" in siti.confirm().text
    people = {email: stage.official_in_person(email) for email in (KADIS, KABID, STATISTISI, VERIFIKATOR)}
    acts = [
        (KADIS, "forward"),
        (KABID, "return"),
        (KABID, "forward"),
        (STATISTISI, "forward"),
        (VERIFIKATOR, "dispatch"),
    ]
    acts += [(VERIFIKATOR, action) for action in ("accept", "invite", "attend", "record", "hand_over")]
    for email, action in acts:
        scan(stage)
        page = people[email].open(number)
        seen = stage.load(number).version
        receipt = people[email].press(page, action, **SAYS.get(action, {}))
        assert stage.load(number).events[seen].actor.email == email, receipt.text
        if action == "return":
            scan(stage)
            siti.mend(jabatan="Analis Kebijakan Ahli Muda")
        if action == "invite":
            scan(stage)
            assert "Menunggu pengisian passphrase" in siti.pick().text
            stage.clock.forward(days=1)
    scan(stage)
    assert [event.action for event in stage.load(number).events] == [
        "submit", "confirm", "forward", "return", "resubmit", "forward", "forward", "dispatch", "accept", "invite",
        "book", "attend", "record", "hand_over",
    ]  # fmt: skip
    stage.close()


# --- Forms of other sites, and of nobody -----------------------------------------------------------------------------

ONE = "/ajukan/<service:service>"
PUBLIC = {"/ajukan", "/ajukan/orang-lain", ONE, f"{ONE}/orang-lain", "/tautan", "/unggah", "/petugas/masuk"}
PUBLIC |= {"/usulan", "/usulan/<service:service>"}
"""Forms that anybody may post: to begin, to ask for a link, and a file with its signed form."""

OF_THE_REGISTER = "/meja/register/<service:service>"
ASKING = {OF_THE_REGISTER, f"{OF_THE_REGISTER}/entri/<id>/periksa", f"{OF_THE_REGISTER}/impor"}
ASKING |= {"/meja", "/meja/bersama/periksa"}
ASKING |= {"/petugas/permohonan", "/petugas/register/<service:service>", "/petugas/keluar"}
ASKING |= {"/petugas/data-pribadi", "/petugas/data-pribadi/hapus"}
ASKING |= {"/petugas/pejabat/tunjuk/periksa", "/petugas/pejabat/<id>/periksa"}
ASKING |= {"/usulan/<id>/buka", "/usulan/<id>/daftar"}
"""Forms that need our token too, and keep nothing even so: a search, and what is to be read once more."""

REHEARSAL = {"/_mailbox/relai", "/_mailbox/putaran", "/_jam", "/_gangguan"}
"""The rehearsal's switches; in production these do not exist."""


ELSEWHERE = {"/meja/buka/<service:service>", "/permohonan/<number>/tugas"}
ELSEWHERE |= {"/permohonan/<number>/tugas/berkas/<kind>", "/permohonan/<number>/tugas/berkas/<kind>/hapus"}
ELSEWHERE |= {"/telaah/<number>/surat/<kind>", "/telaah/<number>/surat/<kind>/hapus"}
ELSEWHERE |= {"/telaah/<number>/kode", "/telaah/<number>/kode/kirim"}
PHOTOS = ("/ajukan/<draft>/berkas", "/permohonan/<number>/perbaikan/berkas", "/permohonan/<number>/tugas/berkas")
ELSEWHERE |= {f"{pages}/<kind>/halaman" for pages in PHOTOS}
ELSEWHERE |= {f"/usulan/<id>/surat/<kind>{what}" for what in ("", "/hapus", "/halaman")}
ELSEWHERE |= {"/telaah/<number>/bersama"}
"""Of steps that this service does not have (``tests/services``), of a second device (``test_second_device``), of
documents of several photos (``test_photos``), and of a letter for several people (``test_batch``, and the story)."""


OF_DEVICES = {"/telaah/<number>/kode", "/telaah/<number>/kode/kirim", "/meja/kode", "/meja/kode/kirim", "/meja/keluar"}
OF_DEVICES |= {"/permohonan/<number>/keluar"}
"""Forms that only a strange browser is shown, or that change only what a browser keeps: see ``test_second_device`` and
``test_applicant_leaving``."""


def test_every_form_is_known_here(stage: Stage) -> None:
    assert {
        rule.rule for rule in rules(stage, "POST")
    } == PUBLIC | REHEARSAL | ASKING | ELSEWHERE | OF_DEVICES | WORKS.keys()


def of_others(stage: Stage, token: str) -> list[str]:
    """Genuine tokens of the forms of another page, or of another person or thing."""
    said = stage.office.links.read("csrf", token, stage.clock.at)
    other = [{**said["k"], name: "x"} for name in said["k"].keys() - {"s", "n"}]
    return [stage.sign("csrf", {**said, "p": "x"}), *(stage.sign("csrf", {**said, "k": k}) for k in [*other, {}])]


@pytest.mark.parametrize("rule", WORKS)
def test_a_form_without_our_token_or_from_another_site_is_refused_and_the_same_form_of_ours_works(
    stage: Stage, rule: str
) -> None:
    session = Session(stage, rule)
    before = stage.dump()
    for token in ("", "x", *of_others(stage, session.csrf), session.csrf[:-3] + "AAA", session.csrf + "\0"):
        assert session.post(csrf=token) == 403
    assert session.post() == 403
    for origin in (
        "https://jahat.example",
        "null",
        "http://localhost.jahat.example",
        "http://localhost:81",
        "http://[",
    ):
        assert session.post({"Origin": origin}, csrf=session.csrf) == 403
    assert session.post({"Sec-Fetch-Site": "cross-site"}, csrf=session.csrf) == 403
    assert stage.browser().post(session.path, data={**session.fields, "csrf": session.csrf}).status_code == 403
    assert stage.dump() == before
    assert session.post({"Origin": "http://localhost"}, csrf=session.csrf) in (200, 303, 422)
    assert stage.dump() != before, "the form was refused for nothing: it has no effect anyway"


@pytest.mark.parametrize("rule", sorted(PUBLIC | REHEARSAL))
def test_a_public_form_is_refused_too_when_another_site_posts_it(
    stage: Stage, cases: dict[str, str], rule: str
) -> None:
    fields = {**FORM, "tiket": cases["waiting"], "halaman": "permohonan", "mati": "ya", "maju": "hari", "apa": "tabel"}
    before = stage.dump()
    for headers in ({"Origin": "https://jahat.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = stage.browser().post(rule.replace("<service:service>", "penerbitan"), data=fields, headers=headers)
        assert answer.status_code == 403
        assert "Formulir ini tidak berlaku lagi" in answer.text
    assert stage.dump() == before


def test_the_rehearsal_s_switches_do_not_exist_in_production(tmp_path: Path) -> None:
    stage = Stage(tmp_path, rehearsal=False, sender="dkisp@tarakankota.go.id")
    assert not [rule.rule for rule in stage.app.url_map.iter_rules() if rule.rule.startswith("/_")]
    for path in ("/_mailbox", "/_mailbox.json", "/_mailbox/1", "/_jam", "/_latihan", "/_contoh/contoh-ktp.jpg"):
        assert stage.browser().get(path).status_code == 404
    for path in REHEARSAL:
        assert stage.browser().post(path, data={"mati": "ya", "maju": "pekan"}).status_code == 404
    stage.close()


def test_officials_who_did_not_get_the_case_yet_cannot_make_their_own_link_work_earlier(stage: Stage) -> None:
    number = stage.case("confirm")
    before = stage.dump()
    for email in (KABID, OTHER_VERIFIKATOR, "orang.lain@tarakankota.go.id"):
        claims = {"t": number, "s": stage.load(number).step, "n": stage.load(number).turn.number, "r": email}
        browser = stage.browser()
        answer = browser.get(f"/telaah/{stage.sign('telaah', claims)}", follow_redirects=True)
        assert answer.status_code == 403
    assert stage.dump() == before
