"""The made-up services over HTTP on both engines: each alone in a portal, and beside the seed's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import city as tarakan
from tests.support import services_stories as stories
from tests.support.city import City
from tests.support.server import Clock, serving, serving_aws
from tests.support.services import installed

pytestmark = pytest.mark.long

ENGINES = ["one_machine", pytest.param("aws", marks=pytest.mark.cloud)]


@contextmanager
def running(engine: str, folder: Path, *names: str) -> Iterator[City]:
    clock, environ = Clock(), installed(folder / "schemas", *names)
    with serving_aws(clock, **environ) if engine == "aws" else serving(folder / "data", clock, **environ) as served:
        yield City(served, clock)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_renewal_runs_from_the_officials_desk_to_its_end(engine: str, tmp_path: Path) -> None:
    with running(engine, tmp_path, "perpanjangan") as city:
        stories.renewal(city)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_account_is_made_and_its_letter_signed(engine: str, tmp_path: Path) -> None:
    with running(engine, tmp_path, "surel") as city:
        stories.account(city)


@pytest.mark.parametrize("engine", ENGINES)
def test_beside_the_seeds_own_nobody_of_one_service_hears_of_another(engine: str, tmp_path: Path) -> None:
    with running(engine, tmp_path, "penerbitan", "perpanjangan", "surel") as city:
        siti = city.applicant()
        siti.send(siti.upload_all(siti.fill_in("/ajukan/penerbitan")))
        siti.confirm()
        stories.renewal(city)
        stories.account(city)
        cases = {ticket[:3]: city.mailbox.of(ticket) for ticket in city.mailbox.tickets()}
        assert cases["TTE"] == {siti.email, tarakan.KADIS}
        assert cases["PKA"] == {stories.LESTARI["email"], stories.VERIFIKATOR, stories.KASI}
        assert cases["PAS"] == {
            *(stories.WIRA["email"], stories.KADIS, stories.KABID, stories.ANALIS),
            *(stories.SEKRETARIS, stories.ADMINISTRATOR, stories.OPERATOR),
        }
        verifikator = city.official(stories.VERIFIKATOR).desk().text
        assert "Perpanjangan Kartu Akses Digital" in verifikator
        assert "Surel" not in verifikator.replace("Alamat surel", "")
