"""Photos of documents: several for one, shown small, in an order that can be changed, and what was noticed in them."""

from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

from portal.documents.samples import sample
from portal.editions import read_toml
from tests.support import document_specimens as specimens
from tests.support.applying import Applicant, Page, World
from tests.support.http_parts import MULTIPART, multipart
from tests.support.places import SCHEMAS

KIND = "sk_terakhir"


def photo(tone: int) -> bytes:
    """A photo told apart by its tone."""
    return specimens.saved(Image.new("RGB", (600, 800), (tone, tone, tone)), "JPEG")


def add(siti: Applicant, page: Page, kind: str, content: bytes, name: str = "foto.jpg") -> Page:
    """A further photo, as a browser without scripts sends it."""
    form = page.tree.xpath(f"//*[@id='berkas-{kind}']//form[@data-adds]")[0]
    fields = {name: value for name, value in form.form_values() if name != "file"}
    arrived = siti.post(form.action, multipart(fields, content, name), content_type=MULTIPART)
    return siti.post(arrived.action(f"/{kind}"), arrived.form(f"/{kind}"))


def tones(world: World, draft: Any, kind: str = KIND) -> list[int]:
    """Of the pages of a document, by what is drawn."""
    document = world.kept(draft).document(kind)
    assert document is not None
    content = world.house.office.files.read(document.key, document.version)
    if document.media_type != "application/pdf":
        return [_tone(Image.open(BytesIO(content)))]
    with pikepdf.open(BytesIO(content)) as pdf:
        photos = [page.Resources.XObject.Foto.read_raw_bytes() for page in pdf.pages]
    return [_tone(Image.open(BytesIO(content))) for content in photos]


def _tone(picture: Image.Image) -> int:
    value = picture.convert("L").getpixel((300, 400))
    assert isinstance(value, int)
    return round(value, -1)


def files(world: World) -> int:
    return sum(path.is_file() for path in (world.data / "berkas").rglob("*"))


def started(world: World, *others: int) -> tuple[Any, Applicant, Page]:
    draft = world.draft(kinds=())
    siti = world.holder(draft)
    page = siti.upload(draft, KIND, photo(50), "satu.jpg")
    for tone in others:
        page = add(siti, page, KIND, photo(tone))
    return draft, siti, page


def test_further_photos_are_joined_in_their_order_into_one_document(world: World) -> None:
    draft, _, page = started(world, 100, 150)
    document = world.kept(draft).document(KIND)
    assert document is not None
    assert (document.media_type, document.pages) == ("application/pdf", 3)
    assert tones(world, draft) == [50, 100, 150]
    assert len(page.tree.xpath("//*[@class='sheets']/li")) == 3
    assert files(world) == 4, "the three and what they make"


def test_of_what_is_sent_only_the_whole_is_kept(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    add(siti, siti.upload(draft, KIND, photo(50)), KIND, photo(100))
    sent = world.house.intake.submit(draft.id).document(KIND)
    assert (sent.sheets, sent.pages) == ((), 2)


def test_a_photo_is_moved_and_taken_away_and_twice_is_once(world: World) -> None:
    draft, siti, page = started(world, 100, 150)
    first, last = (page.tree.xpath("//*[@class='sheets']/li")[at].xpath(".//form") for at in (0, 2))
    move, away = dict(first[0].form_values()), dict(last[-1].form_values())
    for _ in range(2):
        page = siti.post(first[0].action, move)
        assert tones(world, draft) == [100, 50, 150]
    for _ in range(2):
        page = siti.post(last[-1].action, away)
        assert tones(world, draft) == [100, 50]
    remaining = page.tree.xpath("//*[@class='sheets']/li")
    for at in (0, 1):
        form = remaining[at].xpath(".//form")[-1]
        page = siti.post(form.action, dict(form.form_values()))
    assert world.kept(draft).document(KIND) is None
    assert files(world) == 0


def test_photos_are_arranged_by_our_own_form_only(world: World) -> None:
    draft, siti, page = started(world, 100)
    form = page.tree.xpath("//*[@class='sheets']/li")[0].xpath(".//form")[-1]
    asked = dict(form.form_values())
    for wrong in ({**asked, "csrf": "x"}, {name: value for name, value in asked.items() if name != "csrf"}):
        assert siti.post(form.action, wrong).status == 403
    assert tones(world, draft) == [50, 100]


def test_one_photo_that_is_left_is_a_photo_again(world: World) -> None:
    draft, siti, page = started(world, 100)
    form = page.tree.xpath("//*[@class='sheets']/li")[0].xpath(".//form")[-1]
    siti.post(form.action, dict(form.form_values()))
    document = world.kept(draft).document(KIND)
    assert document is not None
    assert (document.media_type, document.pages, document.sheets) == ("image/jpeg", 1, ())
    assert (tones(world, draft), files(world)) == ([100], 1)


def test_the_same_photo_is_added_once(world: World) -> None:
    draft, siti, page = started(world, 100)
    add(siti, page, KIND, photo(100))
    assert tones(world, draft) == [50, 100]
    assert files(world) == 3


def test_another_file_takes_the_place_of_all_photos(world: World) -> None:
    draft, siti, _ = started(world, 100)
    page = siti.upload(draft, KIND, specimens.pdf())
    document = world.kept(draft).document(KIND)
    assert document is not None
    assert (document.media_type, document.sheets, files(world)) == ("application/pdf", (), 1)
    assert page.tree.xpath(f"//*[@id='berkas-{KIND}']//form[@data-adds]") == []


def test_a_pdf_is_no_page_among_photos(world: World) -> None:
    draft, siti, page = started(world, 100)
    refused = add(siti, page, KIND, specimens.pdf(), "surat.pdf")
    assert refused.status == 422
    assert "Hanya foto yang dapat digabungkan" in refused.card(KIND)
    assert (tones(world, draft), files(world)) == ([50, 100], 3)


def test_what_was_sent_is_shown_small(world: World) -> None:
    _, siti, page = started(world)
    source = page.tree.xpath(f"//*[@id='berkas-{KIND}']//img/@src")[0]
    picture = siti.get(source)
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(picture.body)).width == 160
    assert siti.get(source.replace("/1.jpg", "/2.jpg")).status == 404
    assert siti.get(source.replace(KIND, "ktp")).status == 404
    assert world.applicant().get(source).status == 403


def test_what_may_make_a_photo_hard_to_read_is_said_and_nobody_is_held_up(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    page = siti.upload(draft, "ktp", photo(5))
    assert "Terunggah" in page.card("ktp")
    assert "Foto tampak terlalu gelap." in page.card("ktp")
    page = siti.upload(draft, KIND, photo(5))
    assert "Berkas ini sama dengan KTP-el." in page.card(KIND)
    assert world.house.intake.submit(draft.id).document("ktp").warnings == ("dark",)


def test_a_card_in_the_place_of_a_letter_is_pointed_out_and_nobody_is_held_up(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    card, _ = sample("ktp", read_toml(SCHEMAS / "penerbitan" / "rehearsal.toml"))
    said = "Foto ini tampak seperti KTP atau kartu lain, bukan lembar kertas."
    page = siti.upload(draft, "surat_permohonan", card)
    assert said in page.card("surat_permohonan")
    assert "Terunggah" in page.card("surat_permohonan")
    assert said not in siti.upload(draft, "ktp", card).card("ktp")
    assert world.house.intake.submit(draft.id)
