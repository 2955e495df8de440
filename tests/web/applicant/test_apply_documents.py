"""The second step: documents, sent and checked one by one."""

import secrets
from datetime import timedelta

import pytest

from tests.support.applying import SCRIPT, Page, World, app_of
from tests.support.document_specimens import jpeg, pdf
from tests.support.http_parts import MULTIPART, multipart


def test_a_refused_file_is_explained_at_its_document_and_nothing_of_it_is_kept(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.upload(draft, "ktp", b"bukan gambar", "ktp.jpg")
    assert page.status == 422
    assert "Perlu diganti" in page.card("ktp")
    assert "bukan PDF atau foto" in page.card("ktp")
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#berkas-ktp"]
    assert world.kept(draft).documents == ()
    assert [path for path in (world.data / "berkas").rglob("*") if path.is_file()] == []


def test_a_refused_file_leaves_the_earlier_one_in_place(world: World) -> None:
    draft = world.draft()
    page = world.holder(draft).upload(draft, "ktp", b"bukan gambar", "ktp.jpg")
    assert page.status == 422
    assert "Terunggah" in page.card("ktp")
    assert "tetap dipakai" in page.card("ktp")
    assert world.kept(draft).documents == draft.documents


def test_a_script_gets_the_card_anew_with_the_result(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/berkas")
    form = page.tree.get_element_by_id("berkas-ktp").find(".//form")
    for content, status, state in ((b"x", 422, "Perlu diganti"), (jpeg(), 200, "Terunggah")):
        body = multipart(dict(form.form_values()), content)
        assert siti.post(form.action, body, SCRIPT, content_type=MULTIPART).status == 204
        reported = siti.post(form.get("data-finish"), {"csrf": form.get("data-csrf"), "name": "Foto.jpg"}, SCRIPT)
        assert reported.status == status
        assert reported.tree.get("id") == "berkas-ktp"
        assert state in reported.text
        form = reported.tree.find(".//form")
    document = world.kept(draft).document("ktp")
    assert document is not None
    assert (document.name, document.media_type) == ("Foto.jpg", "image/jpeg")


def test_a_report_of_a_file_that_never_came_is_answered_with_a_fresh_form(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    address, fields = siti.report(draft, "ktp")
    page = siti.post(address, fields, SCRIPT)
    assert page.status == 422
    assert page.tree.xpath("//form[@enctype]")
    assert "belum sampai" in page.text


def test_a_report_that_comes_too_late_is_answered_with_a_fresh_form(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    address, fields = siti.report(draft, "ktp")
    world.clock.now += timedelta(hours=2)
    page = siti.post(address, fields, SCRIPT)
    assert page.status == 422
    assert page.tree.xpath("//form/@data-finish") != [address]


def test_a_report_that_is_not_ours_is_refused(world: World) -> None:
    draft, other = world.draft(kinds=()), world.draft(kinds=())
    siti, budi = world.holder(draft), world.holder(other)
    _, fields = siti.report(draft, "ktp")
    assert siti.post(f"/ajukan/{draft.id}/berkas/ktp?selesai=x", fields).status == 403
    assert siti.post(f"/ajukan/{draft.id}/berkas/ktp", fields).status == 403
    address, _ = budi.report(other, "ktp")
    assert siti.post(address.replace(other.id, draft.id), fields).status == 404
    assert world.kept(draft).documents == ()


def test_without_scripts_the_page_says_how_a_file_is_sent(world: World) -> None:
    draft = world.draft(kinds=())
    page = world.holder(draft).get(f"/ajukan/{draft.id}/berkas")
    assert "tekan Unggah, lalu tekan Periksa berkas ini pada halaman berikutnya" in page.text


def test_landing_after_an_upload_changes_nothing_until_the_button(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    arrived = siti.send(draft, "ktp", jpeg(), "ktp.jpg")
    assert arrived.path == f"/ajukan/{draft.id}/berkas/ktp/terunggah"
    assert world.kept(draft).documents == ()
    siti.post(arrived.action("/ktp"), arrived.form("/ktp"))
    assert world.kept(draft).document("ktp") is not None


def test_a_document_can_be_looked_at_replaced_and_removed(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    seen = siti.get(f"/ajukan/{draft.id}/berkas/ktp/lihat")
    assert (seen.body, seen.headers["Content-Type"]) == (b"ktp", "application/pdf")
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    siti.upload(draft, "ktp", pdf(pages=3))
    replaced = world.kept(draft).document("ktp")
    assert replaced is not None
    assert replaced.pages == 3
    page = siti.get(f"/ajukan/{draft.id}/berkas")
    page = siti.post(page.action("ktp/hapus"), page.form("ktp/hapus"))
    assert "Belum ada" in page.card("ktp")
    assert world.kept(draft).document("ktp") is None
    assert siti.get(f"/ajukan/{draft.id}/berkas/ktp/lihat").status == 404


def test_a_document_nobody_asked_for_is_not_found(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    base = f"/ajukan/{draft.id}/berkas/paspor"
    csrf = siti.get(f"/ajukan/{draft.id}/periksa").form("periksa")["csrf"]
    for page in (siti.post(base, {"csrf": csrf}), siti.get(f"{base}/terunggah"), siti.get(f"{base}/lihat")):
        assert page.status == 404
    siti.post(f"{base}/hapus", {"csrf": csrf})
    assert world.kept(draft) == draft


def test_an_upload_form_is_good_for_its_own_key_and_hour_only(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.get(f"/ajukan/{draft.id}/berkas")
    fields = page.form("/unggah")
    before = world.dump()

    def sent(**changes: str) -> Page:
        referer = {"Referer": f"http://localhost/ajukan/{draft.id}/berkas"}
        return siti.post("/unggah", multipart({**fields, **changes}, pdf()), referer, content_type=MULTIPART)

    for refused in (sent(policy="x"), sent(key=fields["key"].replace("surat_permohonan", "ktp")), sent(policy="")):
        assert refused.status == 403
        assert refused.tree.xpath(f"//main//a[@href='/ajukan/{draft.id}/berkas']")
    world.clock.now += timedelta(hours=2)
    assert sent().status == 410
    assert world.dump() == before


@pytest.mark.parametrize("referer", ["https://jahat.example/ajukan/x", "http://localhost//jahat.example/ajukan/", ""])
def test_the_way_back_from_a_refused_upload_never_leaves_the_portal(world: World, referer: str) -> None:
    body = multipart({"policy": "x"}, b"x")
    page = world.applicant().post("/unggah", body, {"Referer": referer}, content_type=MULTIPART)
    assert page.status == 403
    assert "jahat" not in page.body.decode()


@pytest.mark.parametrize("cut", [1, 4, 8, 60, 2000])
def test_half_an_upload_is_no_upload(world: World, cut: int) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    fields = siti.get(f"/ajukan/{draft.id}/berkas").form("/unggah")
    body = multipart(fields, pdf(pages=5))[: -2 - cut]
    assert siti.post("/unggah", body, content_type=MULTIPART).status == 400
    assert [path for path in (world.data / "berkas").rglob("*") if path.is_file()] == []


def test_a_file_keeps_every_byte_on_its_way(world: World) -> None:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    fields = siti.get(f"/ajukan/{draft.id}/berkas").form("/unggah")
    content = secrets.token_bytes(200_000) + b"\r\n--\r\n--bb\r\n--c--\r\n" + b"\r" * 100_000 + b"\n\r\n"
    assert siti.post("/unggah", multipart(fields, content), SCRIPT, content_type=MULTIPART).status == 204
    stored = world.house.office.files.stat(fields["key"])
    assert world.house.office.files.read(stored.key, stored.version) == content


@pytest.mark.parametrize("size", [0, 40 * 1024**2 + 1, 65 * 1024**2])
def test_a_file_of_the_wrong_size_meets_a_sentence(world: World, size: int) -> None:
    draft = world.draft(kinds=())
    page = world.holder(draft).send(draft, "ktp", b"x" * size)
    assert page.status == (413 if size else 422)
    assert page.tree.xpath(f"//main//a[@href='/ajukan/{draft.id}/berkas']")
    assert [path for path in (world.data / "berkas").rglob("*") if path.is_file()] == []


def test_a_file_of_exactly_the_limit_arrives(world: World) -> None:
    draft = world.draft(kinds=())
    assert world.holder(draft).send(draft, "ktp", b"x" * 5 * 1024**2).path.endswith("/terunggah")


def test_without_a_receiving_engine_there_is_no_place_to_upload_to(world: World) -> None:
    client = app_of(world.house, receiver=None).test_client()
    assert client.post("/unggah", data=multipart({}, b"x"), content_type=MULTIPART).status_code == 404
