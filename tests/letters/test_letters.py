"""What all letters have in common: a file each, a subject, text and page that say the same, no more than is needed."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from portal.core.notices import APPLICANT_LETTERS
from portal.core.sop import Sop
from portal.letters import markup, writing
from portal.letters.markup import Block, Line
from portal.links import Links
from tests.support.correspondence import ADDRESS, FORM, LETTERS, MONDAY, NOTE, WRITTEN, Sent, first, links, page, words
from tests.support.places import ROOT

OTHERS = {
    "turn",
    "amended",
    "address_left",
    "visit_booked",
    "visit_off",
    "overdue",
    "decided",
    "draft_saved",
    "visit_tomorrow",
    "new_link",
}
OF_THE_REGISTER = {"expiring", "expiring_list", "revoked", "changed"}
OTHERS |= {"reminder", "desk", "digest", "code", "clerk_link", "escalation", "asked", "finished", *OF_THE_REGISTER}
OTHERS |= {"duty", "assigned", "address_moved", "unattended", "draft_waiting", "still_waiting", "tickets"}
OTHERS |= {"batch_link", "colleague_begun", "colleague_waiting", "member_returned"}
ABOUT_NO_CASE = {"draft_saved", "reminder", "desk", "digest", "code", "clerk_link", "escalation", *OF_THE_REGISTER}
ABOUT_NO_CASE |= {"batch_link", "colleague_begun", "colleague_waiting"}
ABOUT_NO_CASE |= {"duty", "unattended", "draft_waiting", "address_moved", "tickets"}
WITHOUT_A_BUTTON = {
    "address_left",
    "address_moved",
    "code",
    "decided",
    "withdrawn",
    "lapsed",
    "escalation",
    "unattended",
    "revoked",
    "changed",
    "tickets",
}
OF_OTHER_KINDS = {"asked", "reported", "opened", "finished"}
"""About steps that this service does not have; the services of ``tests/services`` send them."""


# --- which letters there are ---


def files() -> set[str]:
    return {path.stem for path in LETTERS.glob("*.txt") if not path.stem.startswith("_")}


def test_there_is_a_file_for_every_letter_that_may_be_owed_and_no_other() -> None:
    assert files() == set(APPLICANT_LETTERS.values()) | OTHERS


def letters_named_in_code() -> Iterator[str]:
    for path in sorted((ROOT / "functions" / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            place = {"notice": 0, "about_draft": 0, "owe_again": 1, "_digest": 0}.get(
                getattr(node.func, "id", getattr(node.func, "attr", ""))
            )
            named = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield named.value


def test_every_letter_named_in_the_code_has_a_file() -> None:
    named = set(letters_named_in_code())
    assert {"draft_saved", "reminder", "escalation", "visit_tomorrow"} <= named
    assert named - files() == set()


def test_the_story_sends_every_letter(sent: list[Sent]) -> None:
    assert {each.letter for each in sent} == files() - OF_OTHER_KINDS


# --- subjects ---


def test_a_subject_begins_with_the_prefix_and_names_the_ticket(sent: list[Sent]) -> None:
    for each in sent:
        assert each.message.subject.startswith("[TTE Tarakan] ")
        assert "\n" not in each.message.subject
        if each.letter not in ABOUT_NO_CASE:
            assert each.context["application"].ticket in each.message.subject, each.letter


def test_the_subjects_say_what_happened(sent: list[Sent]) -> None:
    said = {each.letter: each.message.subject.split(" — ")[0].removeprefix("[TTE Tarakan] ") for each in reversed(sent)}
    assert said["turn"] == "Mohon disposisi: permohonan Sertifikat Elektronik"
    assert said["decided"] == "Bukti keputusan: dikembalikan untuk perbaikan"
    assert said["dispatched"] == "Berkas lengkap dan dikirim ke BSrE, periksa email Anda"
    assert said["booked"] == "Jadwal pengisian passphrase: Selasa, 24 November 2026 pukul 08.00 WITA"
    assert said["handed_over"] == "Tanda terima Sertifikat Elektronik"
    assert said["reminder"] == "Pengingat: 1 permohonan menunggu tindak lanjut"


def test_what_people_type_never_changes_a_subject(sent: list[Sent], hostile: list[Sent]) -> None:
    without_ticket = [[re.sub(r"TTE-26-\S+", "T", each.message.subject) for each in kept] for kept in (sent, hostile)]
    assert without_ticket[0] == without_ticket[1]


def test_no_text_gets_into_a_subject_a_second_link_or_any_tag(sent: list[Sent]) -> None:
    newest = {each.letter: each for each in sent}.values()
    assert newest

    # By itself, as whatever a test is given is written out for every example that it names.
    @settings(max_examples=25, deadline=None)
    @given(typed=st.text())
    @example(typed="a\r\nBcc: semua@tarakankota.go.id")
    @example(typed="\n=> a: https://jahat.example/\n\x02-> b: https://jahat.example/\n! c")
    def stays_out(typed: str) -> None:
        for each in newest:
            message = WRITTEN.render(each.letter, "siti@tarakankota.go.id", type(each.values)(**_with(each, typed)))
            assert message.subject == each.message.subject
            links, before = ([e.get("href") for e in page(m).iter("a")] for m in (message, each.message))
            assert links == before
            assert {e.tag for e in page(message).iter()} <= TAGS

    stays_out()


def _with(each: Sent, typed: str) -> dict[str, Any]:
    """What a letter is written from, with this typed wherever people type."""
    context = {**each.context, "name": typed}
    if "application" in context:
        form = {**context["application"].form, "nama_ktp": typed, "jabatan": typed}
        event = context["event"]
        data = {key: typed if key in ("note", "received_by") else value for key, value in event.data.items()}
        context |= {
            "application": replace(context["application"], form=form),
            "event": replace(event, data=data, actor=replace(event.actor, name=typed)),
        }
    return context


# --- bodies ---


TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "a", "b", "span", "br", "ul", "ol", "li"}


def test_a_letter_opens_with_a_salutation_and_closes_with_the_same_foot(sent: list[Sent], edition: Sop) -> None:
    foot = [edition.data["sentences"]["safety"], edition.data["office"]["name"], edition.data["office"]["address"]]
    foot += ["0851-7999-0551 atau 0811432453", "Email ini dikirim otomatis"]
    for each in sent:
        assert each.message.text.startswith("Yth. Bapak/Ibu")
        for sentence in foot:
            assert sentence in each.message.text
            assert sentence in page(each.message).text_content()
            assert each.message.text.count(sentence) == 1


def test_text_and_html_say_the_same(sent: list[Sent], hostile: list[Sent]) -> None:
    for each in [*sent, *hostile]:
        for br in (document := page(each.message)).iter("br"):
            br.tail = f" {br.tail or ''}"
        shown = words(document.text_content())
        for line in each.message.text.splitlines():
            assert words(re.sub(r"^(- |\d+\. )", "", line)).removesuffix(":") in shown, (each.letter, line)


def test_neither_nik_nor_nip_is_in_any_email(sent: list[Sent]) -> None:
    for each in sent:
        said = "".join((each.message.subject, each.message.text, each.message.html, each.message.calendar))
        assert FORM["nik"] not in said
        assert FORM["nip"] not in said


def test_each_link_is_written_out_once_and_at_most_one_is_the_button(sent: list[Sent]) -> None:
    for each in sent:
        buttons = page(each.message).find_class("button")
        assert len(buttons) == (0 if each.letter in WITHOUT_A_BUTTON else 1), each.letter
        for link in links(each.message):
            assert each.message.html.count(f'href="{link}"') == 1
            assert each.message.html.count(f"{link}<") == 1
            assert each.message.text.count(link) == 1
        assert [e.get("href") for e in page(each.message).iter("a")] == links(each.message)


def test_a_personal_link_goes_with_the_warning_not_to_forward_it(sent: list[Sent]) -> None:
    for each in sent:
        if any("/status/" not in link for link in links(each.message)) and each.letter != "confirm_address":
            assert "Jangan meneruskannya" in each.message.text, each.letter
            assert re.search("berlaku sampai|disimpan sampai", each.message.text), each.letter


def test_links_open_with_our_signature(sent: list[Sent]) -> None:
    for each in sent:
        for link in links(each.message):
            purpose, token = link.removeprefix(f"{ADDRESS}/").rsplit("/", 1)
            if purpose != "status":
                purpose = {"ajukan/lanjut": "draft", "petugas/masuk": "petugas"}.get(purpose, purpose)
                assert Links(["kunci"]).read(purpose, token, MONDAY)


def test_html_fetches_and_runs_nothing(sent: list[Sent], hostile: list[Sent]) -> None:
    for each in [*sent, *hostile]:
        for element in page(each.message).iter():
            assert element.tag in TAGS
            assert not [name for name in element.attrib if name in ("src", "background") or name.startswith("on")]
            assert "url(" not in element.get("style", "")
        assert "@import" not in each.message.html
        assert "url(" not in page(each.message).find(".//style").text


def test_what_people_type_is_text_and_nothing_else(hostile: list[Sent]) -> None:
    for each in hostile:
        assert "<script" not in each.message.html
        assert "https://jahat.example/" not in [e.get("href") for e in page(each.message).iter("a")]
        assert not any("dua" in (e.text or "") for e in page(each.message).find_class("notice"))
    shown = page(first(hostile, "returned").message).text_content()
    assert "<script>alert(1)</script> & \"Co\" 'x'" in shown


def test_a_note_keeps_its_lines(sent: list[Sent]) -> None:
    message = first(sent, "returned").message
    assert f"Penjelasan: {NOTE}\n" in message.text
    assert "dipindai.<br>Mohon" in message.html
    note = markup.value("satu\ndua")
    assert markup.blocks(f"Catatan: {note}\n- {note}\n- tiga") == [
        Block("paragraph", (Line("Catatan:", "satu\ndua"),)),
        Block("list", (Line("", "satu\ndua"), Line("", "tiga"))),
    ]


def test_sentences_are_short(sent: list[Sent]) -> None:
    texts = {each.letter: each.message.text for each in sent}
    long = []
    for letter, text in texts.items():
        for sentence in re.split(r"[.?:;]\s+|\n", re.sub(r"https?://\S+", "", text)):
            if len(sentence.split()) > 20:
                long.append((letter, sentence))
    assert long == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_email_fits_a_phone_and_can_be_read_in_any_light(
    sent: list[Sent], hostile: list[Sent], browser: Browser, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme)
    shown = context.new_page()
    for each in (first(sent, "turn"), first(sent, "received"), first(hostile, "returned")):
        shown.set_content(each.message.html)
        assert shown.evaluate("document.documentElement.scrollWidth") == width
        box = shown.locator(".button").bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert (box["width"] > 0.85 * width) == (width < 480)
        found = Axe().run(shown).response["violations"]
        # An email has no landmarks, and its heading is the subject.
        assert {rule["id"] for rule in found} <= {"landmark-one-main", "page-has-heading-one", "region"}
    context.close()


def test_nothing_but_the_module_itself_is_needed_to_import_it() -> None:
    source = ast.parse(Path(writing.__file__).read_text("utf-8")).body
    names = {alias.name for node in source if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in source if isinstance(node, ast.ImportFrom) and node.module}
    assert not names & {"jinja2", "segno", "markupsafe"}
