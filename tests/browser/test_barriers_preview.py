"""What keeps nobody out of the preview of a service that is being written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.commands.previewing import AsItStands, show
from tests.support.chromium import Person, assert_no_barriers
from tests.support.server import free_port, listening
from tests.support.services import installed
from tests.support.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.long]

TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(installed(tmp_path / "schemas", "surel")["SCHEMAS"]) / "surel"


@pytest.fixture
def city(folder: Path) -> Iterator[str]:
    """Not a city yet: the address of one service of it, looked at."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with listening(AsItStands(folder, lambda: show(folder, address, TUESDAY)), port):
        yield address


def test_a_preview_has_no_barriers(browser: Browser, city: str, folder: Path, rendered: list[str]) -> None:
    me = Person(browser, city, phone=False)
    assert assert_no_barriers(_looked_at(me, folder), rendered) >= WALKS["preview"]
    assert me.complaints == []
    me.context.close()


def _looked_at(me: Person, folder: Path) -> Iterator[tuple[str, Person]]:
    for path in ("/_pratinjau", "/_pratinjau/langkah/telaah", "/_pratinjau/surat"):
        me.go(path)
        yield path, me
    sop = folder / "sop.toml"
    sop.write_text(sop.read_text("utf-8").replace('kind = "sign"', 'kind = "sing"'), "utf-8")
    me.go("/_pratinjau", status=422)
    yield "a folder that does not fit", me
