"""Documents from a real browser straight to the bucket, which is another origin: CORS, and the page's own policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import Person
from tests.support.city import City
from tests.support.in_chromium import ANSWERS, sample_file, send_without_script
from tests.support.people import KINDS
from tests.support.server import Clock, serving_aws

pytestmark = [pytest.mark.browser, pytest.mark.cloud]


@pytest.fixture
def city() -> Iterator[City]:
    clock = Clock()
    with serving_aws(clock) as served:
        yield City(served, clock)


def test_a_script_sends_documents_to_the_bucket_and_the_page_stays(browser: Browser, city: City) -> None:
    me = Person(browser, city.address)
    posted: list[str] = []
    me.context.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    me.begin()
    me.fill_in(ANSWERS)
    me.sees("Unggah berkas")
    for kind in KINDS:
        me.choose(kind, sample_file(kind))
        expect(me.card(kind).get_by_text("Terunggah", exact=True)).to_be_visible()
    assert len([url for url in posted if not url.startswith(city.address)]) == len(KINDS)
    assert not [url for url in posted if url.endswith("/unggah")]
    assert len(city.stored("drafts/")) == len(KINDS)  # what was checked and cleaned, not what came
    # The bucket sends the browser on, as without a script; a script may not follow there, and need not.
    assert [c for c in me.complaints if "somebody else" not in c and "terunggah" not in c] == []


def test_without_a_script_the_bucket_sends_the_browser_back(browser: Browser, city: City) -> None:
    me = Person(browser, city.address, javascript=False)
    me.begin()
    me.fill_in({name: answer for name, answer in ANSWERS.items() if name != "status_uraian"})
    send_without_script(me, "ktp", "ktp")
    expect(me.card("ktp").get_by_text("Terunggah", exact=True)).to_be_visible()
    me.card("ktp").get_by_role("link", name="Lihat").click()
    me.page.wait_for_url(lambda url: not url.startswith(city.address))
    assert [c for c in me.complaints if "somebody else" not in c] == []
