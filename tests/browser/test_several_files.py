"""A document that may be several files, in a real browser: the next place appears as soon as one is taken."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import Person
from tests.support.city import City
from tests.support.derived import derived
from tests.support.in_chromium import sample_file
from tests.support.server import Clock, serving

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    service = derived(tmp_path, (r'^key = "sk_terakhir"\n', 'key = "sk_terakhir"\nfiles = 2\n'))
    clock = Clock()
    with serving(tmp_path / "data", clock, SERVICE=str(service)) as served:
        yield City(served, clock)


def test_a_second_file_is_added_and_taken_away(browser: Browser, city: City) -> None:
    me = Person(browser, city.address, deliver=city.house.outbox.send_due)
    siti = city.applicant()
    siti.fill_in()
    me.go(city.mailbox.link(siti.email, "ajukan"))
    expect(me.page.locator("#berkas-sk_terakhir-2")).to_have_count(0)
    me.choose("sk_terakhir", sample_file("sk_terakhir"))
    expect(me.card("sk_terakhir")).to_contain_text("Terunggah")
    expect(me.card("sk_terakhir-2")).to_contain_text("Bila ada")
    me.choose("sk_terakhir-2", sample_file("ktp"))
    expect(me.card("sk_terakhir-2")).to_contain_text("Terunggah")
    expect(me.page.locator("[data-card]")).to_have_count(5)
    me.press("Hapus", me.card("sk_terakhir"))
    expect(me.card("sk_terakhir")).to_contain_text("Bila ada")
    expect(me.card("sk_terakhir-2")).to_contain_text("Terunggah")
    assert me.complaints == []
    me.context.close()
