"""Too much of it: a flood is held back by address, and others go on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from portal import bootstrap_aws
from portal.bootstrap_aws import AwsConfig
from portal.editions import read_messages
from portal.web.app import LIMITED, LIMITS
from portal.web.limits import Limit, client_of
from tests.support.http_parts import FORM_TYPE
from tests.support.raw_http import Wire
from tests.support.server import Process
from tests.support.stage import Stage, StillClock

MESSAGES = read_messages()

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_a_client_may_ask_so_often_at_once_and_then_once_in_a_while() -> None:
    limit = Limit(3, timedelta(seconds=10))
    assert [limit.take("a", NOON) for _ in range(4)] == [0, 0, 0, 10]
    assert limit.take("b", NOON) == 0
    assert limit.wait("a", NOON + timedelta(seconds=4)) == 6
    assert [limit.take("a", NOON + timedelta(seconds=10)) for _ in range(2)] == [0, 10]
    assert [limit.take("a", NOON + timedelta(hours=1)) for _ in range(4)] == [0, 0, 0, 10]


def test_whoever_only_asks_how_long_is_not_counted_and_a_clock_set_back_locks_nobody_out() -> None:
    limit = Limit(1, timedelta(seconds=10))
    assert [limit.wait("a", NOON) for _ in range(5)] == [0] * 5
    limit.take("a", NOON + timedelta(days=8))
    assert limit.wait("a", NOON) == 10
    assert limit.wait("a", NOON + timedelta(seconds=10)) == 0


def test_the_memory_for_clients_is_bounded_and_the_busiest_are_remembered() -> None:
    limit = Limit(1, timedelta(days=1), clients=100)
    limit.take("busy", NOON)
    for number in range(1000):
        limit.take(str(number), NOON)
        assert limit.take("busy", NOON) > 0
    assert len(limit._buckets) == 100


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::99", "2001:0db8:0001:0002"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_client_is_an_address_or_the_network_of_one_household(address: str | None, client: str) -> None:
    assert client_of(address) == client


def flood(browser: FlaskClient, path: str, count: int, **fields: str) -> list[int]:
    return [browser.post(path, data=fields).status_code for _ in range(count)]


def test_nobody_has_one_address_after_another_written_to(tmp_path: Path) -> None:
    """Each new address on a saved form is sent a link to it."""
    stage = Stage(tmp_path, StillClock())
    flooder, draft = stage.browser("203.0.113.9"), stage.draft(kinds=())
    flooder.get(stage.draft_link(draft))
    path = f"/ajukan/{draft.id}/data/kontak"

    def written(number: int) -> int:
        form = lxml.html.fromstring(flooder.get(path).get_data()).xpath("//form[@data-once]")[0]
        typed = {**dict(form.form_values()), "email": f"siti{number}@tarakankota.go.id"}
        return flooder.post(path, data=typed).status_code

    assert [written(number) for number in range(61)] == [303] * 60 + [429]
    stage.close()


def test_a_flood_is_held_back_and_others_go_on(tmp_path: Path) -> None:
    """Drafts, link requests, document checks and guessed tickets, each by itself, per address."""
    stage = Stage(tmp_path, StillClock())
    number, before = stage.case("confirm"), stage.dump()
    flooder, other = stage.browser("203.0.113.9"), stage.browser("203.0.113.10")

    answers = flood(flooder, "/tautan", 25, tiket=number, email="orang.lain@tarakankota.go.id")
    assert answers == [200] * 20 + [429] * 5
    held = flooder.post("/tautan", data={"tiket": number})
    assert MESSAGES["http"]["429"]["title"] in held.text
    assert 1 <= int(held.headers["Retry-After"]) <= 30
    assert flood(other, "/tautan", 1, tiket=number) == [200]
    assert flooder.post("/tautan", headers={"X-Forwarded-For": "203.0.113.77"}).status_code == 429, "anybody can say so"

    assert flood(flooder, "/ajukan", 61, nik="x") == [422] * 60 + [429]
    assert flood(flooder, "/ajukan/orang-lain", 1, nik="x") == [429]
    guesses = [flooder.get(f"/status/TTE-26-2222-{n:04d}").status_code for n in range(31)]
    assert guesses == [404] * 30 + [429]
    assert flooder.get(f"/status/{number}").status_code == 429, "a hit would be told from a miss"
    assert flooder.get(f"/status?tiket={number}").status_code == 429
    assert other.get(f"/status/{number}").status_code == 200
    assert flooder.get("/status").status_code == 200
    rows, files = stage.dump()
    owed = [row for row in rows if row not in before[0]]
    assert (len(rows) - len(before[0]), files) == (len(owed), before[1])
    assert len(owed) == 1, "of all askings for one address one email to nobody, for an hour"
    assert all("@nobody.invalid" in row for row in owed)

    stage.clock.forward(seconds=10)
    assert flooder.get(f"/status/{number}").status_code == 200
    assert [other.get(f"/status/{number}").status_code for _ in range(50)] == [200] * 50
    stage.close()


def test_behind_the_declared_proxy_each_client_is_held_back_by_itself_whatever_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXY", "127.0.0.1")
    server = Process(tmp_path)
    server.start()
    try:
        wire = Wire(int(server.address.rpartition(":")[2]))

        def ask(forwarded: bytes) -> int:
            head = (b"X-Forwarded-For: " + forwarded, b"Content-Type: " + FORM_TYPE.encode(), b"Content-Length: 7")
            return wire.request(b"POST /tautan", *head, body=b"tiket=x")[0]

        assert [ask(b"203.0.113.9") for _ in range(21)] == [200] * 20 + [429]
        assert ask(b"198.51.100.7, 203.0.113.9") == 429, "the proxy's own word is the last one"
        assert ask(b"203.0.113.9, 198.51.100.7") == 200
    finally:
        server.kill()


def test_on_aws_a_caller_of_the_gateway_itself_is_held_back_whatever_he_says_of_where_he_is(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path, StillClock())
    config = AwsConfig.from_environment(
        {"ADDRESS": "https://tte.example.go.id", "ORIGIN_WORD": "only-cloudfront-knows"}
    )
    gateway = Client(bootstrap_aws.wsgi(replace(stage.house, config=config)))

    def ask(way: str, word: str = "") -> int:
        return gateway.post(
            "/tautan", data={"tiket": "x"}, headers={"X-Forwarded-For": way, "X-Origin-Word": word}
        ).status_code

    forged = [ask(f"203.0.113.{number}, 198.51.100.7", word="guessed") for number in range(21)]
    assert forged == [200] * 20 + [429]
    through_cloudfront = [ask(f"203.0.113.{number}, 64.252.123.45", config.origin_word) for number in range(25)]
    assert through_cloudfront == [200] * 25
    assert [ask("192.0.2.1, 203.0.113.200, 64.252.123.45", config.origin_word) for _ in range(21)][-1] == 429
    assert ask("192.0.2.99, 203.0.113.200, 64.252.123.45", config.origin_word) == 429, "CloudFront's own word counts"


def test_whoever_rehearses_on_this_machine_is_not_held_back(shared_stage: Stage) -> None:
    everybody = shared_stage.browser("127.0.0.1")
    assert set(flood(everybody, "/tautan", 30, tiket="x")) == {200}


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "unix:", "not an address"])
@pytest.mark.parametrize("settings", [{"rehearsal": False}, {"proxy": "127.0.0.1"}])
def test_who_cannot_be_told_apart_shares_one_bucket_with_all_who_cannot(
    tmp_path: Path, address: str, settings: dict[str, Any]
) -> None:
    """A proxy that was not declared, or leaves out for whom it asks, slows people down and lets no flood in."""
    stage = Stage(tmp_path, StillClock(), **settings)
    assert flood(stage.browser(address), "/tautan", 21, tiket="x") == [200] * 20 + [429]
    assert flood(stage.browser("127.0.0.2"), "/tautan", 1, tiket="x") == [429]
    assert flood(stage.browser("203.0.113.9"), "/tautan", 1, tiket="x") == [200]
    stage.close()


@pytest.mark.parametrize(
    ("seconds", "said", "header"),
    [(1, "1 detik", "1"), (89, "89 detik", "89"), (90, "2 menit", "120"), (121, "3 menit", "180")],
)
def test_when_to_ask_again_is_the_same_in_words_and_in_the_header(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seconds: int, said: str, header: str
) -> None:
    monkeypatch.setattr(Limit, "take", lambda *_: seconds)
    held = stage.browser("203.0.113.9").post("/tautan", data={"tiket": "x"})
    assert (held.status_code, held.headers["Retry-After"]) == (429, header)
    assert f"Coba lagi dalam {said}." in held.text


def test_every_limit_hangs_on_a_form_that_there_is(stage: Stage) -> None:
    """A view that is renamed must not lose its limit unheard."""
    posted = {rule.endpoint for rule in stage.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert LIMITED.keys() <= posted
    assert set(LIMITED.values()) <= LIMITS.keys()
