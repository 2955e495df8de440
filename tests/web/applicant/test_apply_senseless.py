"""Forms, uploads and addresses on the applicant's way that make no sense."""

import pytest

from tests.support.applying import World

pytestmark = pytest.mark.long

FORMS = [
    "/ajukan",
    "/ajukan/orang-lain",
    "/ajukan/{draft}/data",
    "/ajukan/{draft}/periksa",
    "/ajukan/{draft}/berkas/ktp",
]
BODIES = {
    "nothing": b"",
    "NUL": b"nama_ktp=%00SITI%00&nik=%00&email=a%00b@tarakankota.go.id&tindakan=simpan%00",
    "bad UTF-8": b"nama_ktp=%ff%fe&%ff=1&nik=%c3%28&email=%ed%a0%80",
    "no pairs": b"&&&===&;;%%%",
    "many times the same": b"&".join([b"nik=1&status_kepegawaian=PNS&tujuan=x&csrf=a&pernyataan=ya"] * 300),
    "unknown choice": b"status_kepegawaian=Raja&opd=Kerajaan&tujuan=%F0%9F%98%80&diisi_oleh=hantu&jenis_permohonan=x",
    "long": b"nama_ktp=" + b"A" * 200_000,
    "too long": b"nama_ktp=" + b"A" * 300_000,
    "too many fields": b"&".join(b"f%d=1" % number for number in range(20_000)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_senseless_form_is_answered_with_a_page(world: World, form: str, body: bytes) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    csrf = siti.get(f"/ajukan/{draft.id}/periksa").form("periksa")["csrf"].encode()
    before = world.dump()
    for sent in (body, body + b"&csrf=" + csrf):
        page = siti.post(form.format(draft=draft.id), sent, content_type="application/x-www-form-urlencoded")
        assert 400 <= page.status < 500
        assert page.tree.xpath("//h1")
    assert world.dump() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=b",
        "text/plain",
        "",
        "\xff",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf a fi',
        b"--b\r\nContent-Disposition: \xff\xfe\r\n\r\nx\r\n--b--",
        b"--b\r\n\r\nx\r\n--b--\r\n",
        b"\0" * 5000,
    ],
)
def test_a_senseless_upload_is_answered_with_a_page(world: World, content_type: str, body: bytes) -> None:
    # Werkzeug leaves half a file for the collector to close, which would be a warning here.
    for path in ("/unggah",) if b"half" in body else ("/unggah", "/ajukan"):
        page = world.applicant().post(path, body, content_type=content_type)
        assert 400 <= page.status < 500
        assert page.tree.xpath("//h1")


@pytest.mark.parametrize("id", ["x", "%00", "%ff%fe", "..%2f..", "A" * 5000, "🙂", "lanjut", "orang-lain"])
def test_a_senseless_address_is_answered_with_a_page(world: World, id: str) -> None:
    siti = world.holder(world.draft())
    for path in (
        f"/ajukan/{id}/data",
        f"/ajukan/{id}/berkas/{id}",
        f"/ajukan/lanjut/{id}",
        f"/ajukan/{id}/berkas/{id}/lihat",
    ):
        for page in (siti.get(path), siti.post(path, {"csrf": id})):
            assert 400 <= page.status < 500
            assert page.tree.xpath("//h1")
