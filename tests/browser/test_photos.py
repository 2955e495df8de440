"""Photos from a phone in a real browser: several at once, shrunk on the way, and a connection that is lost."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Route, expect

from tests.support import photos
from tests.support.chromium import Person
from tests.support.city import City
from tests.support.server import Clock, serving

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    clock = Clock()
    with serving(tmp_path / "data", clock) as served:
        yield City(served, clock)


def taken(number: int, size: tuple[int, int] = (900, 1200)) -> FilePayload:
    page = photos.paper(points=14, dpi=72, seed=number)
    image = photos.photo(page.image, size, noise=12)
    return {"name": f"foto-{number}.jpg", "mimeType": "image/jpeg", "buffer": photos.encoded(image, quality=95)}


def test_five_photos_become_one_document_although_the_connection_is_lost(browser: Browser, city: City) -> None:
    me = Person(browser, city.address, deliver=city.house.outbox.send_due)
    siti = city.applicant()
    siti.fill_in()
    me.go(city.mailbox.link(siti.email, "ajukan"))
    card = me.card("sk_terakhir")
    large = taken(1, (3000, 4000))
    assert len(large["buffer"]) > 5 * 1024**2
    sizes: list[int] = []
    lost = iter([False, False, True])

    def pass_on(route: Route) -> None:
        sizes.append(int(route.request.header_value("content-length") or 0))
        route.abort("internetdisconnected") if next(lost, False) else route.continue_()

    me.page.route("**/unggah", pass_on)
    me.page.route("**/berkas/sk_terakhir?*", lambda route: route.abort() if len(sizes) == 3 else route.continue_())
    with me.page.expect_file_chooser() as picker:
        card.locator(".picker").first.click()
    picker.value.set_files([large, *(taken(number) for number in range(2, 6))])
    expect(card).to_contain_text("Jaringan terputus")
    expect(card.locator(".sheets li")).to_have_count(2)
    card.get_by_role("button", name="Kirim lagi").click()
    expect(card.locator(".sheets li")).to_have_count(5, timeout=60_000)
    expect(card).to_contain_text("5 halaman")
    assert sizes[0] < 2 * 1024**2, "it was shrunk before it travelled"
    draft = next(iter(city.house.office.records.drafts_before(city.house.office.clock().replace(year=2100))))
    document = draft.document("sk_terakhir")
    assert document is not None
    assert (document.pages, document.size <= 1_000_000) == (5, True)
    first = document.sheets[0]
    kept = Image.open(BytesIO(city.house.office.files.read(first.key, first.version)))
    assert max(kept.size) == 2600
    me.context.close()
