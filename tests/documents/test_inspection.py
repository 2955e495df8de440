import json
import random
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import jsonschema
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from portal.core.errors import DocumentRefused, NotFound, Unavailable
from portal.documents import __main__ as child
from portal.documents import inspection, pdf, samples
from portal.documents.inspection import JPEG, PDF, PNG, Limits
from tests.support import document_specimens as specimens
from tests.support.document_specimens import SCRIPT

LIMITS = Limits()
SCHEMAS = Path(__file__).parents[2] / "schemas"
SCHEMA = json.loads((SCHEMAS / "document.schema.json").read_text())
SOP = tomllib.loads((SCHEMAS / "penerbitan/sop.toml").read_text())
REHEARSAL = tomllib.loads((SCHEMAS / "penerbitan/rehearsal.toml").read_text())
GOOD_SAMPLES = [entry for entry in REHEARSAL["samples"] if "refused" not in entry]
BAD_SAMPLES = [entry for entry in REHEARSAL["samples"] if "refused" in entry]
STAMP = "Hanya untuk permohonan sertifikat elektronik TTE-26-4F7K-9QXM"


def inspect(data: bytes, limits: Limits = LIMITS) -> inspection.Inspected:
    return inspection.inspect(data, limits)


def refusal(data: bytes, limits: Limits = LIMITS) -> tuple[str, dict]:
    with pytest.raises(DocumentRefused) as caught:
        inspect(data, limits)
    return caught.value.code, caught.value.facts


def pdf_refusal(data: bytes) -> str:
    """What is found in a PDF, without the child process around it."""
    with pytest.raises(DocumentRefused) as caught:
        pdf.check(data, max_pages=20)
    return caught.value.code


def kept(data: bytes) -> bytes:
    """What is kept of an image, likewise."""
    return child.judge(data, inspection._media_type(data), LIMITS)[1]


def kept_image(data: bytes) -> Image.Image:
    return Image.open(BytesIO(kept(data)))


def page(data: bytes, media_type: str = PDF, number: int = 1, width: int = 600, stamp: str = "") -> Image.Image:
    return Image.open(BytesIO(inspection.page_image(data, media_type, number, width, stamp)))


def brightness(image: Image.Image) -> float:
    histogram = image.convert("L").histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


def truncated(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def encrypted(owner: str, user: str, **allowed: bool) -> bytes:
    permissions = pikepdf.Permissions(**allowed)
    return specimens.pdf(encryption=pikepdf.Encryption(owner=owner, user=user, allow=permissions))


# --- What is accepted ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type", "pages"),
    [
        (specimens.pdf(), PDF, 1),
        (specimens.pdf(pages=20), PDF, 20),
        (specimens.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF, 1),
        (specimens.pdf(size=(243, 153)), PDF, 1),
        (b"\xef\xbb\xbf\r\n" + specimens.pdf(), PDF, 1),
        (specimens.pdf() + b"\r\n\0\0\0", PDF, 1),
        (specimens.pdf(change=specimens.like_an_office_program), PDF, 1),
        (specimens.pdf(change=specimens.fill_form), PDF, 1),
        (specimens.pdf(change=specimens.signed), PDF, 1),
        (specimens.jpeg(), JPEG, 1),
        (specimens.jpeg(progressive=True), JPEG, 1),
        (specimens.png(), PNG, 1),
    ],
    ids=[
        "pdf",
        "20-pages",
        "object-streams",
        "small-card",
        "bom-before",
        "trailing-blanks",
        "office",
        "filled-form",
        "signed",
        "jpeg",
        "progressive",
        "png",
    ],
)
def test_a_good_document_is_accepted_for_what_it_is(data, media_type, pages):
    found = inspect(data)
    assert (found.media_type, found.pages) == (media_type, pages)
    assert found.sha256 == sha256(found.content).hexdigest()
    assert found.size == len(found.content)


def test_a_pdf_is_kept_byte_for_byte():
    data = specimens.pdf(change=specimens.signed)
    assert inspect(data).content == data


def test_what_is_accepted_fits_the_schema_of_a_document():
    for data in (specimens.pdf(pages=2), specimens.jpeg(), specimens.png()):
        jsonschema.validate(described(inspect(data)), SCHEMA)


# --- Size ----------------------------------------------------------------------------------------------------------


def padded_pdf(size: int) -> bytes:
    def pad(document: pikepdf.Pdf) -> None:
        document.Root.Padding = document.make_stream(random.Random(5).randbytes(size - 20_000))

    data = specimens.pdf(change=pad)
    return data + b"\n" * (size - len(data))


def test_five_megabytes_are_accepted_and_one_byte_more_is_not():
    limit = 5 * 1024 * 1024
    assert inspect(padded_pdf(limit)).size == limit
    assert refusal(padded_pdf(limit + 1)) == ("document_too_large", {"max_mb": "5"})


def test_twenty_one_pages_are_too_many():
    assert refusal(specimens.pdf(pages=21)) == ("document_too_many_pages", {"pages": 21, "max_pages": 20})


def test_an_image_too_small_to_read_is_refused_with_its_size():
    assert inspect(specimens.jpeg((700, 480))).pages == 1
    facts = {"width": 700, "height": 479, "min_pixels": 480}
    assert refusal(specimens.jpeg((700, 479))) == ("document_too_small", facts)


@pytest.mark.parametrize("size", [(8000, 7000), (12000, 12000), (60000, 60000)])
def test_an_image_bomb_is_refused_without_being_decoded(size):
    started = time.monotonic()
    assert refusal(specimens.bomb_png(size)) == ("document_too_large_image", {})
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("size", [(595, 30), (30, 595), (14_500, 14_500), (1000, 11_000), (10.0**9, 10.0**9)])
def test_a_senseless_page_size_is_refused(size):
    assert refusal(specimens.pdf(size=size)) == ("document_page_size", {})


def test_a_strip_of_an_image_is_refused():
    assert refusal(specimens.png((500, 5100))) == ("document_page_size", {})


# --- What is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document_empty"),
        (b"\n\n", "document_type_unknown"),
        (b"Surat permohonan", "document_type_unknown"),
        (b"<!DOCTYPE html><html><body>KTP</body></html>", "document_type_unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "document_type_unknown"),
        (b"GIF89a" + bytes(100), "document_type_unknown"),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(100), "document_type_unknown"),
        (b"MZ" + bytes(100), "document_type_unknown"),
        (specimens.docx(), "document_type_unknown"),
        (specimens.heic(), "document_heic"),
        (specimens.heic(b"mif1"), "document_heic"),
        (specimens.heic(b"mp42"), "document_type_unknown"),
        (b"%PDF-1.7\n", "document_damaged"),
        (b"\xff\xd8\xff", "document_damaged"),
        (b"\x89PNG\r\n\x1a\n", "document_damaged"),
        (truncated(specimens.pdf(pages=3)), "document_damaged"),
        (specimens.pdf()[:-8], "document_damaged"),
        (truncated(specimens.jpeg()), "document_damaged"),
        (truncated(specimens.png()), "document_damaged"),
        (specimens.pdf(pages=0), "document_damaged"),
    ],
    ids=[
        "empty",
        "blank",
        "text",
        "html",
        "svg",
        "gif",
        "webp",
        "exe",
        "docx",
        "heic",
        "mif1",
        "mp4",
        "pdf-header",
        "jpeg-magic",
        "png-magic",
        "cut-pdf",
        "cut-pdf-end",
        "cut-jpeg",
        "cut-png",
        "no-pages",
    ],
)
def test_what_is_no_whole_pdf_jpeg_or_png_is_refused(data, code):
    assert refusal(data) == (code, {})


@pytest.mark.parametrize(
    "data",
    [
        encrypted(owner="rahasia", user="rahasia"),
        encrypted(owner="rahasia", user=""),
        encrypted(owner="rahasia", user="", modify_other=False),
        encrypted(owner="", user=""),
    ],
    ids=["user", "owner", "owner-restricted", "empty"],
)
def test_an_encrypted_pdf_is_refused_whichever_password_it_has(data):
    assert refusal(data) == ("document_encrypted", {})


def test_a_pdf_encrypted_by_certificate_is_refused_as_encrypted():
    data = specimens.pdf(
        change=lambda document: document.trailer.__setitem__("/Encrypt", Dictionary(Filter=Name.Adobe))
    )
    assert b"/Encrypt" not in data  # the library drops it on saving, so it is put in by hand
    data = data.replace(b"trailer <<", b"trailer << /Encrypt << /Filter /Adobe.PubSec /V 4 >>")
    assert refusal(data) == ("document_encrypted", {})


# --- Active content ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", ["open", "catalog_trigger", "page_trigger", "link", "names", "outline", "field_trigger", "next"]
)
def test_a_script_is_found_wherever_a_reader_would_run_it(place):
    assert pdf_refusal(specimens.pdf_with_action(SCRIPT, place)) == "document_active_content"


@pytest.mark.parametrize(
    "action",
    [
        {"/S": Name.Launch, "/F": String("cmd.exe")},
        {"/S": Name.SubmitForm, "/F": String("https://example.com")},
        {"/S": Name.ImportData, "/F": String("data.fdf")},
        {"/S": Name.GoToR, "/F": String("//server/berkas.pdf"), "/D": Array([0, Name.Fit])},
        {"/S": Name.GoToE, "/D": Array([0, Name.Fit])},
        {"/S": Name.Rendition, "/JS": String("1")},
        {"/S": Name.URI, "/URI": String("javascript:alert(1)")},
        {"/S": Name.URI, "/URI": String(" FILE:///etc/passwd")},
        {"/S": Name.URI, "/URI": String("\\\\server\\berkas")},
    ],
    ids=["launch", "submit", "import", "remote", "embedded", "rendition", "javascript-link", "file-link", "share-link"],
)
@pytest.mark.parametrize("place", ["open", "link"])
def test_an_action_that_reaches_outside_is_refused(action, place):
    assert pdf_refusal(specimens.pdf_with_action(action, place)) == "document_active_content"


@pytest.mark.parametrize("place", ["catalog_trigger", "page_trigger", "field_trigger"])
def test_a_trigger_is_refused_whatever_it_sets_off(place):
    going = {"/S": Name.GoTo, "/D": Array([0, Name.Fit])}
    assert pdf_refusal(specimens.pdf_with_action(going, place)) == "document_active_content"


def test_going_to_a_page_when_opened_or_by_a_link_is_accepted():
    going = {"/S": Name.GoTo, "/D": Array([0, Name.Fit])}
    for place in ("open", "link", "outline", "next"):
        assert pdf.check(specimens.pdf_with_action(going, place), max_pages=1) == 1


@pytest.mark.parametrize("change", [specimens.attach, specimens.attach_to_page, specimens.dynamic_form])
def test_a_file_within_or_a_dynamic_form_is_refused(change):
    assert pdf_refusal(specimens.pdf(change=change)) == "document_active_content"


def test_active_content_is_found_inside_compressed_objects():
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_indirect(Dictionary(SCRIPT))

    data = specimens.pdf(change=change, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in data
    assert pdf_refusal(data) == "document_active_content"


def test_a_script_is_found_in_the_dictionary_of_a_stream():
    """Readers that ask for a dictionary are content with a stream's."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_stream(b"", SCRIPT)

    assert pdf_refusal(specimens.pdf(change=change)) == "document_active_content"


def test_active_content_is_found_under_an_escaped_name():
    data = specimens.pdf_with_action(SCRIPT).replace(b"/JavaScript", b"/J#61v#61Script")
    assert b"/J#61v" in data
    assert pdf_refusal(data) == "document_active_content"


# --- Files that are two things at once -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "front", [specimens.docx(), b"<html><script>alert(1)</script>", b"MZ" + bytes(60), bytes(1024)]
)
def test_a_pdf_behind_another_file_is_refused(front):
    assert refusal(front + specimens.pdf()) == ("document_type_unknown", {})


def test_a_pdf_with_a_large_tail_is_refused():
    assert refusal(specimens.pdf() + b"PK" + random.Random(1).randbytes(2000)) == ("document_damaged", {})


@pytest.mark.parametrize("data", [specimens.jpeg(), specimens.png()], ids=["jpeg", "png"])
def test_what_hangs_behind_an_image_is_not_kept(data):
    content = inspect(data + b"<html><script>alert(1)</script>" + specimens.docx()).content
    assert b"script" not in content
    assert b"word/document.xml" not in content


# --- Images are saved anew -----------------------------------------------------------------------------------------


def test_place_camera_comment_and_profile_are_gone_from_a_photo():
    data = specimens.photo_with_place_and_turn()
    assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
    image = kept_image(data)
    assert not image.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
    for trace in (b"Telepon Contoh", b"catatan kamera", b"profil warna"):
        assert trace in data
        assert trace not in kept(data)


def test_text_within_a_png_is_gone():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    data = specimens.png(pnginfo=notes)
    assert b"script" in data
    assert b"script" not in kept(data)


def test_a_photo_on_its_side_is_kept_upright():
    image = kept_image(specimens.photo_with_place_and_turn()).convert("L")
    assert image.size == (640, 1000)
    corners = [image.getpixel(at) for at in ((5, 5), (634, 5), (5, 994), (634, 994))]
    assert [value < 40 for value in corners] == [
        False,
        True,
        False,
        False,
    ]  # the square went from top left to top right


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_of_any_colour_model_looks_the_same_afterwards(mode):
    image = kept_image(specimens.jpeg(mode=mode))
    assert image.mode in ("L", "RGB")
    assert image.convert("L").getpixel((10, 10)) < 40
    assert image.convert("L").getpixel((900, 600)) > 215


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_of_any_colour_model_looks_the_same_afterwards(mode):
    image = kept_image(specimens.png(mode=mode))
    assert image.mode in ("L", "RGB")
    assert image.convert("L").getpixel((10, 10)) == 0
    assert image.convert("L").getpixel((900, 600)) == 255


def test_sixteen_bit_grey_keeps_its_tones():
    image = kept_image(specimens.deep_grey_png())
    assert (image.mode, image.getpixel((10, 10)), image.getpixel((600, 10))) == ("L", 0x40, 0xFF)


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (600, 500), (0, 0, 0, 0))
    assert kept_image(specimens.saved(image, "PNG")).getpixel((5, 5)) == (255, 255, 255)


def test_only_the_first_frame_of_an_animation_is_kept():
    image = kept_image(specimens.animated_png())
    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((10, 10)) == (0, 0, 0)


def test_an_image_that_grows_when_saved_anew_is_pressed_until_it_fits():
    noise = Image.effect_noise((1200, 1200), 80)
    coarse = specimens.saved(noise, "JPEG", quality=40)
    smaller = inspect(coarse, Limits(max_bytes=len(coarse)))
    assert smaller.media_type == JPEG
    assert smaller.size <= len(coarse)


def test_a_png_that_will_not_fit_becomes_a_jpeg():
    noise = Image.effect_noise((1000, 1000), 80).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    data = specimens.saved(noise, "PNG", bits=2, optimize=True)
    found = inspect(data, Limits(max_bytes=len(data)))
    assert (found.media_type, found.size <= len(data)) == (JPEG, True)


# --- Files made to hurt --------------------------------------------------------------------------------------------


def test_a_drawing_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(inspection, "_CPU_SECONDS", 1)
    started = time.monotonic()
    assert refusal(specimens.pdf(change=specimens.endless_drawing)) == ("document_damaged", {})
    assert time.monotonic() - started < 5


def test_a_file_of_very_many_small_parts_is_looked_through_in_time():
    def tag(document: pikepdf.Pdf) -> None:
        parts = (Dictionary(S=Name.P, K=number, A=Dictionary(W=3)) for number in range(30_000))
        document.Root.K = Array([document.make_indirect(part) for part in parts])

    data = specimens.pdf(change=tag, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    started = time.process_time()
    assert pdf.check(data, max_pages=1) == 1
    assert time.process_time() - started < 1


def test_an_index_that_swells_beyond_all_measure_is_refused():
    started = time.process_time()
    assert refusal(specimens.pdf_with_swollen_index(200 * 1024 * 1024)) == ("document_damaged", {})
    assert time.process_time() - started < 5


def test_damaged_files_lead_to_an_answer_and_nothing_else():
    """Without the child process around it: a library that crashes or hangs over one of these would be seen."""
    chance = random.Random(20261122)
    seeds = [
        (specimens.pdf(pages=2, change=specimens.like_an_office_program), PDF),
        (specimens.pdf(change=specimens.fill_form, object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF),
        (specimens.photo_with_place_and_turn(), JPEG),
        (specimens.jpeg((500, 480), progressive=True), JPEG),
        (specimens.png((500, 480), "P"), PNG),
    ]
    answers = set()
    for turn in range(400):
        data, media_type = seeds[turn % len(seeds)]
        request = {"task": "inspect", "media_type": media_type, "limits": vars(LIMITS)}
        started = time.process_time()
        answer, _ = child.answer(request, mutated(data, chance))
        assert time.process_time() - started < 3, turn
        answers.add(answer.get("refused", "accepted"))
    assert {"accepted", "document_damaged"} <= answers


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                changed[at] ^= 1 << chance.randrange(8)
            case 2:
                del changed[at : at + chance.randrange(1, 40)]
            case _:
                changed[at:at] = changed[at : at + chance.randrange(1, 40)]
    return bytes(changed)


def test_damaged_files_are_answered_through_the_front_door_too():
    chance = random.Random(7)
    for data in (specimens.pdf(pages=2), specimens.jpeg(), specimens.png()) * 3:
        with suppress(DocumentRefused):
            assert inspect(mutated(data, chance)).pages in (1, 2)


def test_when_the_child_cannot_run_the_file_is_not_blamed(monkeypatch):
    monkeypatch.setattr(inspection.sys, "executable", "/does/not/exist")
    with pytest.raises(Unavailable) as caught:
        inspect(specimens.pdf())
    assert caught.value.code == "documents_unavailable"


def test_when_the_child_lacks_a_library_the_file_is_not_blamed(monkeypatch):
    monkeypatch.setattr(
        inspection, "_child_environment", lambda: {"PYTHONPATH": str(Path(inspection.__file__).parents[2])}
    )
    monkeypatch.setattr(inspection.sys, "executable", inspection.sys._base_executable)
    with pytest.raises(Unavailable) as caught:
        inspect(specimens.pdf())
    assert caught.value.code == "documents_unavailable"


def test_the_child_gets_none_of_the_portals_secrets(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET", "rahasia")
    assert "rahasia" not in str(inspection._child_environment())


def test_many_people_at_once_all_get_their_answer():
    data = specimens.pdf(pages=3)
    with ThreadPoolExecutor(8) as people:
        sizes = people.map(lambda number: page(data, number=number % 3 + 1, width=100 + number).size[0], range(12))
        assert list(sizes) == list(range(100, 112))


# --- Pages as pictures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type", "height"),
    [
        (specimens.pdf(), PDF, 849),
        (specimens.pdf(size=(842, 595)), PDF, 424),
        (specimens.pdf(change=lambda document: document.pages[0].rotate(90, relative=False)), PDF, 424),
        (specimens.jpeg(), JPEG, 384),
        (specimens.png(mode="L"), PNG, 384),
    ],
    ids=["portrait", "landscape", "turned", "jpeg", "png"],
)
def test_a_page_is_a_jpeg_of_the_asked_width_and_its_own_shape(data, media_type, height):
    image = page(data, media_type, width=600)
    assert image.format == "JPEG"
    assert image.width == 600
    assert abs(image.height - height) <= 1


@pytest.mark.parametrize(("asked", "given"), [(0, 16), (320, 320), (1280, 1280), (50_000, 2000)])
def test_the_width_stays_within_bounds(asked, given):
    assert page(specimens.pdf(), width=asked).width == given


@pytest.mark.parametrize(
    ("data", "media_type", "number"),
    [(specimens.pdf(pages=2), PDF, 0), (specimens.pdf(pages=2), PDF, 3), (specimens.jpeg(), JPEG, 2)],
)
def test_a_page_that_is_not_there_is_not_found(data, media_type, number):
    with pytest.raises(NotFound) as caught:
        page(data, media_type, number)
    assert caught.value.code == "page_unknown"


def test_each_page_is_its_own():
    def colour_second(document: pikepdf.Pdf) -> None:
        document.pages[1].Contents = document.make_stream(b"0 1 0 rg 0 0 600 900 re f")

    data = specimens.pdf(pages=2, change=colour_second)
    assert page(data, number=1).getpixel((300, 600)) == (255, 255, 255)
    assert page(data, number=2).getpixel((300, 600))[1] > 200 > 100 > page(data, number=2).getpixel((300, 600))[0]


def test_what_was_typed_into_a_form_is_shown():
    plain, filled = page(specimens.pdf()), page(specimens.pdf(change=specimens.fill_form))
    field = (60, 775, 240, 790)
    assert brightness(plain.crop(field)) > 250
    assert brightness(filled.crop(field)) < 20


@pytest.mark.parametrize("colour", ["white", "black"])
def test_the_stamp_shows_on_every_part_of_any_page_without_hiding_it(colour):
    blank = specimens.saved(Image.new("RGB", (1000, 640), colour), "JPEG")
    clean, stamped = page(blank, JPEG, width=800), page(blank, JPEG, width=800, stamp=STAMP)
    for left in range(0, 800, 200):
        for top in range(0, 512, 128):
            part = (left, top, left + 200, top + 128)
            tones = [value for value, count in enumerate(stamped.crop(part).convert("L").histogram()) if count > 20]
            if colour != "grey":
                assert max(tones) - min(tones) > 25, part
    assert abs(brightness(clean) - brightness(stamped)) < 20


@pytest.mark.parametrize("stamp", ["A", STAMP, STAMP * 20])
@pytest.mark.parametrize("width", [16, 320])
def test_a_stamp_of_any_length_fits_any_width(stamp, width):
    assert page(specimens.jpeg(), JPEG, width=width, stamp=stamp).width == width


# --- The schema ----------------------------------------------------------------------------------------------------


def described(found: inspection.Inspected) -> dict:
    return {
        "kind": "ktp",
        "key": "draf/4F7K9QXM/ktp/1.jpg",
        "version": "",
        "sha256": found.sha256,
        "size": found.size,
        "media_type": found.media_type,
        "pages": found.pages,
        "uploaded_at": "2026-11-22T01:30:00+00:00",
        "name": "Foto KTP (1).jpg",
    }


GOOD = {
    "kind": "surat_permohonan",
    "key": "tiket/TTE-26-4F7K-9QXM/surat_permohonan/1.pdf",
    "version": "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",
    "sha256": "0" * 64,
    "size": 5 * 1024 * 1024,
    "media_type": PDF,
    "pages": 20,
    "uploaded_at": "2026-11-22T01:30:00.123456Z",
    "name": "",
}


def test_the_schema_and_the_limits_agree():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(GOOD, SCHEMA)
    properties = SCHEMA["properties"]
    assert properties["size"]["maximum"] == LIMITS.max_bytes
    assert properties["pages"]["maximum"] == LIMITS.max_pages
    assert properties["media_type"]["enum"] == [PDF, JPEG, PNG]
    assert set(properties) == set(SCHEMA["required"]) == set(GOOD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "Surat permohonan"),
        ("key", "../rahasia"),
        ("key", "/etc/passwd"),
        ("key", "draf/../x"),
        ("version", None),
        ("sha256", "A" * 64),
        ("size", 0),
        ("size", 5 * 1024 * 1024 + 1),
        ("media_type", "image/heic"),
        ("media_type", JPEG),
        ("pages", 21),
        ("pages", 0),
        ("uploaded_at", "2026-11-22 09:30"),
        ("uploaded_at", "2026-11-22T09:30:00+08:00"),
        ("name", "a" * 121),
        ("name", "a\nb"),
        ("nik", "6473014501900001"),
    ],
)
def test_the_schema_refuses_what_the_portal_would_not_write(field, value):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(GOOD | {field: value}, SCHEMA)


# --- Sample documents for a rehearsal ------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", GOOD_SAMPLES, ids=lambda entry: entry["name"])
def test_a_good_sample_is_accepted(entry):
    data, media_type = samples.sample(entry["name"], REHEARSAL)
    found = inspect(data)
    assert found.media_type == media_type
    assert found.pages == len(entry.get("pages", [0]))
    assert found.size < 1024 * 1024  # what the upload page advises
    assert entry["file"].endswith({PDF: ".pdf", JPEG: ".jpg"}[media_type])


@pytest.mark.parametrize("entry", BAD_SAMPLES, ids=lambda entry: entry["name"])
def test_a_bad_sample_is_refused_for_the_reason_it_shows(entry):
    assert refusal(samples.sample(entry["name"], REHEARSAL)[0])[0] == entry["refused"]


def test_there_is_one_good_sample_for_each_document_of_the_sop():
    assert [entry["document"] for entry in GOOD_SAMPLES] == [document["key"] for document in SOP["documents"]]
    assert {entry["document"] for entry in BAD_SAMPLES} <= {document["key"] for document in SOP["documents"]}


def test_samples_have_distinct_names_and_files():
    for key in ("name", "file", "label"):
        assert len({entry[key] for entry in REHEARSAL["samples"]}) == len(REHEARSAL["samples"])


@pytest.mark.parametrize("name", ["surat_permohonan", "ktp"])
def test_a_sample_is_drawn_the_same_each_time_and_bears_the_mark(name):
    drawn = samples.sample(name, REHEARSAL)
    assert samples.sample(name, REHEARSAL) == drawn
    for absent in ("mark", "note"):
        assert samples.sample(name, REHEARSAL | {"specimen": REHEARSAL["specimen"] | {absent: ""}}) != drawn


@pytest.mark.parametrize(
    "entry", [entry for entry in GOOD_SAMPLES if "pages" in entry], ids=lambda entry: entry["name"]
)
def test_what_is_written_on_a_sample_ends_above_the_note(entry):
    data, media_type = samples.sample(entry["name"], REHEARSAL)
    for number in range(1, len(entry["pages"]) + 1):
        sheet = page(data, media_type, number, width=1240).convert("L")
        assert sheet.crop((0, 1620, 1240, 1660)).getextrema()[0] > 200
        assert sheet.crop((0, 1670, 1240, 1715)).getextrema()[0] < 200


def test_a_sample_nobody_described_is_not_found():
    with pytest.raises(NotFound) as caught:
        samples.sample("ijazah", REHEARSAL)
    assert caught.value.code == "sample_unknown"
