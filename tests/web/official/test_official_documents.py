"""A case's documents as officials see them: stamped pictures, a copy to open, and the original one tap further."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from portal.core.errors import Unavailable
from portal.web.images import PageImages
from tests.support import document_specimens
from tests.support.office import CHECKED, FIRST, KADIS, SECOND, Office, Person


def test_pages_are_stamped_pictures_and_the_original_is_sealed(office: Office, person: Callable[[str], Person]) -> None:
    content = document_specimens.pdf(pages=2)
    number, kadis = office.case(content=content), person(KADIS)
    page = kadis.opens(number)
    thumbs = page.html.xpath("//ul[@data-viewer]//img/@src")
    assert len(thumbs) == 4
    picture = kadis.get(thumbs[0])

    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["Cache-Control"] == "private, no-cache"
    assert picture.body.startswith(b"\xff\xd8\xff")
    known = kadis.browser.get(thumbs[0], headers={"If-None-Match": picture.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    base = f"/telaah/{number}/berkas/ktp"
    for address, status in (
        ("1.jpg?lebar=1000", 200),
        ("2.jpg", 200),
        ("3.jpg", 404),
        ("0.jpg", 404),
        ("1.jpg?lebar=2000", 404),
        ("1.jpg?lebar=%00", 404),
        ("9999999999999999999999.jpg", 404),
    ):
        assert kadis.get(f"{base}/{address}").status == status, address
    assert kadis.get(f"/telaah/{number}/berkas/nope").status == 404
    assert kadis.get(f"/telaah/{number}/berkas/nope/1.jpg").status == 404
    original = kadis.get(f"{base}/asli")
    assert original.body == content
    assert original.headers["Content-Disposition"] == f'attachment; filename="{number}-ktp-asli.pdf"'
    assert original.headers["Content-Security-Policy"].startswith("sandbox;")
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert original.headers["Cache-Control"] == "no-store"


def test_what_opens_is_built_anew_from_the_pages(office: Office, person: Callable[[str], Person]) -> None:
    content = document_specimens.pdf(pages=2, change=document_specimens.like_an_office_program)
    number, kadis = office.case(content=content), person(KADIS)
    kadis.opens(number)
    page = kadis.get(f"/telaah/{number}/berkas/ktp")
    copy = kadis.get(page.href("/salinan"))

    assert copy.headers["Content-Type"] == "application/pdf"
    assert copy.headers["Content-Disposition"] == f'inline; filename="{number}-ktp.pdf"'
    assert copy.headers["Content-Security-Policy"].startswith("sandbox;")
    with pikepdf.open(BytesIO(copy.body)) as pdf:
        assert len(pdf.pages) == 2
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
    assert kadis.get(f"/telaah/{number}/berkas/nope/salinan").status == 404


def test_a_copy_that_no_answer_of_a_function_can_carry_is_told_so(
    office: Office, person: Callable[[str], Person]
) -> None:
    here = office.app.extensions["portal"]
    big = replace(here.equipment, rebuilt=lambda _: bytes(5 * 2**20), original=lambda *_: "https://simpanan.example/")
    office.app.extensions["portal"] = replace(here, equipment=big)
    number, kadis = office.case(), person(KADIS)
    kadis.opens(number)

    answer = kadis.get(f"/telaah/{number}/berkas/ktp/salinan")
    assert answer.status == 422
    assert "Lihat halamannya sebagai gambar" in answer.text


def test_the_stamp_names_the_ticket(office: Office, person: Callable[[str], Person]) -> None:
    asked: list[tuple[Any, ...]] = []
    _draw_with(office, PageImages(lambda *given: asked.append(given) or b"\xff\xd8\xff"))  # type: ignore[func-returns-value]
    number, kadis = office.case(), person(KADIS)
    kadis.opens(number)
    kadis.get(f"/telaah/{number}/berkas/ktp/2.jpg?lebar=320")

    stamp = f"Hanya untuk permohonan sertifikat elektronik {number}"
    assert asked == [(b"%PDF-1.4", "application/pdf", 2, 320, stamp)]


def test_a_page_is_drawn_once_for_all_who_look_at_it(office: Office, person: Callable[[str], Person]) -> None:
    drawn: list[tuple[Any, ...]] = []
    _draw_with(office, PageImages(lambda *given: drawn.append(given) or f"{len(drawn)}".encode()))  # type: ignore[func-returns-value]
    number, other = office.case("dispatch"), office.case("dispatch")
    people = [person(FIRST), person(SECOND)]
    for one in people:
        one.opens(number)
        one.opens(other)

    def looked_at(number: str, rest: str) -> list[bytes]:
        return [one.get(f"/telaah/{number}/berkas/ktp/{rest}").body for one in people]

    assert looked_at(number, "1.jpg") == [b"1", b"1"]
    assert looked_at(number, "2.jpg") == [b"2", b"2"]
    assert looked_at(number, "1.jpg?lebar=320") == [b"3", b"3"]
    # The same file in another case carries another stamp.
    assert looked_at(other, "1.jpg") == [b"4", b"4"]
    # Who may not see the case any more does not see what was drawn of it either.
    office.act(number, FIRST, "dispatch", CHECKED)
    office.act(number, FIRST, "accept", {})
    assert [one.get(f"/telaah/{number}/berkas/ktp/1.jpg").status for one in people] == [404, 404]


def test_too_many_who_wait_for_a_page_are_sent_away_at_once(office: Office, person: Callable[[str], Person]) -> None:
    drawing, drawn = threading.Event(), threading.Event()

    def draw(*_: Any) -> bytes:
        drawing.set()
        assert drawn.wait(10)
        return b"picture"

    _draw_with(office, PageImages(draw, waiting=1))
    number, kadis, second = office.case(), person(KADIS), person(KADIS)
    kadis.opens(number)
    second.opens(number)
    with ThreadPoolExecutor() as pool:
        patient = pool.submit(kadis.get, f"/telaah/{number}/berkas/ktp/1.jpg")
        assert drawing.wait(10)
        refused = second.get(f"/telaah/{number}/berkas/ktp/2.jpg")
        copy = second.get(f"/telaah/{number}/berkas/ktp/salinan")  # takes a process of its own like a picture
        drawn.set()
        assert patient.result().body == b"picture"

    assert (refused.status, copy.status) == (503, 503)
    assert int(refused.headers["Retry-After"]) > 0
    assert "Gambar berkas belum siap" in refused.text
    assert second.get(f"/telaah/{number}/berkas/ktp/1.jpg").body == b"picture"
    assert second.get(f"/telaah/{number}/berkas/ktp/2.jpg").body == b"picture"


def test_pictures_do_not_pile_up_and_what_fails_is_tried_again() -> None:
    drawn: list[int] = []

    def draw(content: bytes, media_type: str, page: int, width: int, stamp: str) -> bytes:
        drawn.append(page)
        if drawn == [1]:
            raise Unavailable("documents_unavailable")
        return b"%d" % page

    images = PageImages(draw, kept=2, waiting=1)
    with pytest.raises(Unavailable):
        images.page(lambda: b"", "mark", "application/pdf", 1, 320, "")
    pages = [images.page(lambda: b"", "mark", "application/pdf", page, 320, "") for page in (1, 2, 1, 3, 1, 2)]

    assert pages == [b"1", b"2", b"1", b"3", b"1", b"2"]
    assert drawn == [1, 1, 2, 3, 2]  # 2 was looked at least recently when 3 came


def _draw_with(office: Office, images: PageImages) -> None:
    here = office.app.extensions["portal"]
    equipment = replace(here.equipment, page_images=images)
    office.app.extensions["portal"] = replace(here, equipment=equipment)


def test_the_documents_can_be_leafed_through_without_scripts(office: Office, person: Callable[[str], Person]) -> None:
    number, kadis = office.case(), person(KADIS)
    kinds = [requirement.key for requirement in office.office.services.first.requirements]
    page = kadis.get(kadis.opens(number).href("/berkas/"))

    for place, kind in enumerate(kinds):
        assert page.url == f"/telaah/{number}/berkas/{kind}"
        assert f"Berkas {place + 1} dari 4" in page.text
        assert page.html.xpath("//main//img/@loading") == ["lazy"]
        if place < 3:
            page = kadis.get(page.href(f"/berkas/{kinds[place + 1]}"))
    assert kadis.get(page.href(f"/telaah/{number}")).url == f"/telaah/{number}"


def test_only_a_completed_checklist_ticks_the_documents(office: Office, person: Callable[[str], Person]) -> None:
    number, verifikator = office.case("dispatch"), person(FIRST)

    assert "Diperiksa" not in verifikator.opens(number).text
    verifikator.decides(number, "dispatch", CHECKED)
    assert verifikator.opens(number).text.count("Diperiksa") == 4
