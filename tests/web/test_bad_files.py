"""Files that cannot be taken, come twice, late or all at once: said in plain words, nothing lost."""

from contextlib import ExitStack

import lxml.html
import pikepdf
import pytest
from werkzeug.test import TestResponse

from portal.core.draft import Draft
from portal.core.errors import Unavailable
from portal.editions import read_messages
from portal.web import cards
from tests.support import document_specimens as specimens
from tests.support.at_once import at_once
from tests.support.http_parts import MULTIPART, policy
from tests.support.people import KINDS
from tests.support.stage import Stage

MESSAGES = read_messages()


class Uploader:
    """Somebody with a draft and the pages of its documents."""

    def __init__(self, stage: Stage, kinds: tuple[str, ...] = KINDS[:2]) -> None:
        self.stage, self.draft, self.browser = stage, stage.draft(kinds), stage.browser()
        self.browser.get(stage.draft_link(self.draft))
        self.base = f"/ajukan/{self.draft.id}/berkas"

    @property
    def kept(self) -> Draft:
        found: Draft = self.stage.records.load_draft(self.draft.id)
        return found

    def form(self, kind: str) -> tuple[dict[str, str], str, str]:
        """The hidden fields of the upload form, the address to report to afterwards, and the page's token."""
        html = lxml.html.fromstring(self.browser.get(self.base).get_data())
        form = next(form for form in html.forms if f"/{kind}/" in form.fields.get("key", ""))
        return {name: form.fields[name] for name in ("key", "policy")}, form.get("data-finish"), form.get("data-csrf")

    def send(self, fields: dict[str, str], content: bytes, name: str = "surat.pdf") -> TestResponse:
        back = {"Referer": f"http://localhost{self.base}"}
        parts = [f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        head = "".join(parts) + f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + b"\r\n--b--\r\n"
        return self.stage.browser().post("/unggah", data=body, content_type=MULTIPART, headers=back)

    def report(self, finish: str, csrf: str) -> TestResponse:
        return self.browser.post(finish, data={"csrf": csrf, "name": "surat.pdf"})

    def upload(self, kind: str, content: bytes, name: str = "surat.pdf") -> TestResponse:
        """The answer to the whole of it; that of the receiver, where it takes nothing in."""
        fields, finish, csrf = self.form(kind)
        sent = self.send(fields, content, name)
        return self.report(finish, csrf) if sent.status_code == 303 else sent

    def content(self, kind: str) -> bytes:
        document = self.kept.document(kind)
        assert document is not None
        return self.stage.office.files.read(document.key, document.version)

    def files(self) -> list[str]:
        return [path for path, _ in self.stage.dump()[1] if self.draft.id in path]


REFUSED = {
    "a word file named pdf": (specimens.docx, "surat.pdf", "document_type_unknown"),
    "a program named jpg": (lambda: b"MZ" + bytes(2000), "ktp.jpg", "document_type_unknown"),
    "a drawing with a script named png": (lambda: b"<svg onload='alert(1)'/>", "ktp.png", "document_type_unknown"),
    "a web page named pdf": (lambda: b"<html><script>alert(1)</script>", "surat.pdf", "document_type_unknown"),
    "a pdf behind a web page": (
        lambda: b"<script>alert(1)</script>" + specimens.pdf(), "surat.pdf", "document_type_unknown",
    ),
    "half a phone's photo named jpg": (specimens.heic, "ktp.jpg", "document_damaged"),
    "nothing": (lambda: b"", "surat.pdf", "document_empty"),
    "half a pdf": (lambda: specimens.pdf(pages=3)[:600], "surat.pdf", "document_damaged"),
    "half a photo": (lambda: specimens.jpeg()[:3000], "ktp.jpg", "document_damaged"),
    "a pdf with a password": (
        lambda: specimens.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "surat.pdf",
        "document_encrypted",
    ),
    "a pdf that runs a script": (
        lambda: specimens.pdf_with_action(specimens.SCRIPT), "surat.pdf", "document_active_content",
    ),
    "a pdf with a program inside": (
        lambda: specimens.pdf(change=specimens.attach_to_page), "surat.pdf", "document_active_content",
    ),
    "21 pages": (lambda: specimens.pdf(pages=21), "surat.pdf", "document_too_many_pages"),
    "five megabytes and a byte": (lambda: b"%PDF-1.7" + bytes(5 * 2**20 - 7), "surat.pdf", "document_too_large"),
    "a picture of 3.6 thousand million points": (
        lambda: specimens.bomb_png((60_000, 60_000)), "ktp.png", "document_too_large_image",
    ),
    "a pdf that swells to 200 megabytes": (
        lambda: specimens.pdf_with_swollen_index(200 * 2**20), "surat.pdf", "document_damaged",
    ),
    "a picture too small to read": (lambda: specimens.png((200, 100)), "ktp.png", "document_too_small"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_taken_is_told_why_and_the_draft_is_as_it_was(shared_stage: Stage, what: str) -> None:
    made, name, code = REFUSED[what]
    content, siti = made(), Uploader(shared_stage)
    for kind in ("ktp", KINDS[0]):  # one that is missing, one that was received before
        before, files = siti.kept, siti.files()
        answer = siti.upload(kind, content, name)
        facts = {"max_mb": 5, "pages": 21, "max_pages": 20, "width": 200, "height": 100, "min_pixels": 480}
        assert answer.status_code in (413, 422)
        assert MESSAGES["errors"][code]["sentence"].format_map(facts) in " ".join(answer.text.split())
        assert siti.base in answer.text
        assert (siti.kept, siti.files()) == (before, files)
        if code == "document_type_unknown":
            break  # judged by its first bytes, whatever was there before
    assert siti.browser.get(f"{siti.base}/{KINDS[0]}/lihat").status_code == 200


def test_a_bad_file_through_a_form_used_before_does_not_take_the_good_one_away(shared_stage: Stage) -> None:
    """Back in the browser brings the old form again, and with it the old key."""
    siti = Uploader(shared_stage, KINDS[:3])
    fields, finish, csrf = siti.form("ktp")
    good = specimens.png()
    assert siti.send(fields, good).status_code == 303
    assert siti.report(finish, csrf).status_code == 303
    kept = siti.content("ktp")

    assert siti.send(fields, specimens.docx()).status_code == 303
    assert siti.report(finish, csrf).status_code == 422
    assert siti.content("ktp") == kept
    assert siti.upload("sk_terakhir", specimens.pdf()).status_code == 303
    checked = siti.kept.document("ktp")
    assert checked is not None
    assert shared_stage.intake.submit(siti.draft.id).document("ktp").sha256 == checked.sha256


def test_a_file_swapped_after_the_check_is_not_the_one_that_was_checked(shared_stage: Stage) -> None:
    siti = Uploader(shared_stage, (KINDS[0], KINDS[1], KINDS[3]))
    fields, finish, csrf = siti.form("ktp")
    siti.send(fields, specimens.png())
    siti.report(finish, csrf)
    checked, pinned = siti.content("ktp"), siti.kept.document("ktp")
    for other in (b"MZ" + bytes(100), specimens.pdf(), b"<script>alert(1)</script>"):
        assert siti.send(fields, other).status_code == 303
    assert (siti.kept.document("ktp"), siti.content("ktp")) == (pinned, checked)
    sent = shared_stage.intake.submit(siti.draft.id).document("ktp")
    siti.send(fields, specimens.pdf(pages=2))
    assert shared_stage.office.files.read(sent.key, sent.version) == checked


def test_a_file_reported_twice_is_kept_once(shared_stage: Stage) -> None:
    siti = Uploader(shared_stage, ())
    fields, finish, csrf = siti.form("ktp")
    siti.send(fields, specimens.pdf())
    assert [siti.report(finish, csrf).status_code for _ in range(2)] == [303, 303]
    assert siti.content("ktp") == specimens.pdf()
    assert len(siti.files()) == 1, "what came in may say where a photo was taken: only the checked file stays"
    siti.send(fields, specimens.pdf(pages=3))
    assert siti.report(finish, csrf).status_code == 303
    assert siti.content("ktp") == specimens.pdf(pages=3), "another file through the same form is another file"
    assert len(siti.files()) == 1


def test_an_upload_form_serves_for_its_own_place_and_time_only(stage: Stage) -> None:
    siti, wati = Uploader(stage), Uploader(stage)
    (fields, finish, csrf), (hers, her_finish, her_csrf) = siti.form("ktp"), wati.form("ktp")
    before = stage.dump()
    other_kind = fields["key"].replace("/ktp/", "/sk_terakhir/")
    for forged in (
        {**fields, "key": hers["key"]}, {**fields, "policy": hers["policy"]}, {**fields, "key": other_kind},
        {"key": fields["key"]},
        {**fields, "policy": fields["policy"][:-4] + "AAAA"}, {**fields, "key": "../../kunci"}, {**fields, "key": ""},
        {"policy": fields["policy"]}, {**fields, "policy": finish.partition("=")[2]}, {**fields, "policy": csrf},
    ):  # fmt: skip
        answer = siti.send(forged, specimens.pdf())
        assert answer.status_code == 403
        assert "Formulir unggah tidak dikenal" in answer.text
        assert siti.base in answer.text
    for address, token, status in (
        (her_finish, csrf, 403),  # her page
        (f"{siti.base}/ktp?{her_finish.partition('?')[2]}", csrf, 404),  # her file, on his page
        (finish, her_csrf, 403),
        (f"{siti.base}/ktp?selesai=x", csrf, 403),
        (f"{siti.base}/ktp?selesai={fields['policy']}", csrf, 403),
        (f"{siti.base}/tidak-ada?{finish.partition('?')[2]}", csrf, 404),
        (finish, csrf, 422),  # nothing has arrived
    ):
        assert siti.report(address, token).status_code == status, address
    assert stage.dump() == before

    stage.clock.forward(hours=1, minutes=1)
    late = siti.send(fields, specimens.pdf())
    assert (late.status_code, "Formulir unggah kedaluwarsa" in late.text) == (410, True)
    told = siti.report(finish, csrf)
    assert (told.status_code, "Halaman berkas terlalu lama terbuka" in told.text) == (422, True)
    assert stage.dump() == before


def test_nothing_can_be_sent_to_a_draft_that_is_gone(stage: Stage) -> None:
    siti = Uploader(stage)
    stage.clock.forward(days=29, hours=23, minutes=30)
    siti.browser.get(stage.draft_link(siti.draft))
    fields, _, _ = siti.form("ktp")
    stage.clock.forward(minutes=40)
    assert stage.clockwork.expire() == 1
    assert siti.send(fields, specimens.pdf()).status_code == 410
    assert siti.files() == []


def test_several_uploads_at_once_all_arrive_and_of_one_kind_a_whole_one_stays(shared_stage: Stage) -> None:
    siti = Uploader(shared_stage, ())
    sent = []
    for kind, pages in [(kind, 1) for kind in KINDS] + [("ktp", 2), ("ktp", 3)]:
        fields, finish, csrf = siti.form(kind)
        assert siti.send(fields, specimens.pdf(pages=pages)).status_code == 303
        sent.append((finish, csrf))
    # A test client is one browser window: of these each file gets its own.
    cookie = siti.browser.get_cookie("draf", path=f"/ajukan/{siti.draft.id}")
    assert cookie is not None

    def report(finish: str, csrf: str) -> int:
        window = shared_stage.browser()
        window.set_cookie("draf", cookie.value, path=cookie.path)
        return window.post(finish, data={"csrf": csrf}).status_code

    # The first is reported twice, in the same moment too.
    assert at_once(*(lambda one=one: report(*one) for one in [*sent, sent[0]])) == [303] * 7
    assert {document.kind for document in siti.kept.documents} == set(KINDS)
    for document in siti.kept.documents:
        assert siti.content(document.kind) == specimens.pdf(pages=document.pages)
    assert len(siti.files()) == len(KINDS), "of the others nothing is left"


def test_when_slow_files_take_every_place_the_next_one_is_told_its_number_and_is_not_sent_again(
    shared_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "PATIENCE", 0.01)
    monkeypatch.setattr(cards, "SCRIPT_PATIENCE", 0.01)
    siti = Uploader(shared_stage)
    fields, finish, csrf = siti.form("ktp")
    siti.send(fields, specimens.pdf())
    before = siti.kept
    with ExitStack() as slow:
        for number in range(4):
            slow.enter_context(shared_stage.bringing.turn(f"slow {number}", 0.0))
        for _ in range(2):
            told = siti.report(finish, csrf)
            assert (told.status_code, "Menunggu giliran, nomor 1." in told.text) == (503, True)
            assert "tidak perlu diunggah ulang. Tunggu 1 detik" in told.text
            assert told.headers["Retry-After"] == "1"
        with pytest.raises(Unavailable), shared_stage.bringing.turn("next", 0.0):
            pass
        script = {"X-Requested-With": "XMLHttpRequest"}
        asked = siti.browser.post(finish, data={"csrf": csrf}, headers=script)
        assert (asked.status_code, asked.mimetype, asked.text) == (503, "text/plain", "Menunggu giliran, nomor 1.")
        assert int(asked.headers["Retry-After"]) > 0
        assert siti.kept == before
    again = next(form for form in lxml.html.fromstring(told.text).forms if "selesai" in form.fields)
    assert siti.browser.post(again.action, data=dict(again.form_values())).status_code == 303
    assert siti.kept.document("ktp") is not None


def test_a_document_is_never_served_as_anything_that_runs(shared_stage: Stage) -> None:
    siti = Uploader(shared_stage)
    number = shared_stage.case("confirm")
    person, official = shared_stage.browser(), shared_stage.browser()
    person.get(shared_stage.link("permohonan", number))
    official.get(shared_stage.link("telaah", number))
    for answer in (
        siti.browser.get(f"{siti.base}/{KINDS[0]}/lihat"),
        person.get(f"/permohonan/{number}/berkas/ktp"),
        official.get(f"/telaah/{number}/berkas/ktp/asli"),
    ):
        assert answer.mimetype == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert {"sandbox", "default-src 'none'", "frame-ancestors 'none'"} <= policy(answer)
        assert answer.headers["Cache-Control"] == "no-store"
