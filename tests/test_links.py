"""Signed links: nobody but the portal can make one, for nothing but its purpose, and not for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.errors import LinkExpired, LinkForged
from portal.links import Links

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=14)
CLAIMS = {"t": "TTE-26-4F7K-9QXM", "s": "telaah_kadis", "n": 2, "r": "kadis@tarakankota.go.id"}
LINKS = Links(["kunci-lama", "kunci-baru"])
LINK = LINKS.sign("telaah", CLAIMS, LATER)

values = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text()))
claims = st.dictionaries(st.text().filter(lambda key: key != "x"), values)


@given(claims=claims, purpose=st.text())
def test_what_is_signed_can_be_read(claims: dict[str, object], purpose: str) -> None:
    assert LINKS.read(purpose, LINKS.sign(purpose, claims, LATER), NOON) == claims


@given(claims=claims)
def test_a_link_stands_in_an_address_as_it_is(claims: dict[str, object]) -> None:
    link = LINKS.sign("telaah", claims, LATER)
    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_link_is_good_for_one_purpose() -> None:
    for purpose in ("permohonan", "meja", "cookie.telaah", "telaah.", "csrf", "upload", ""):
        with pytest.raises(LinkForged):
            LINKS.read(purpose, LINK, NOON)


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(days=14), -timedelta(days=400)])
def test_a_link_opens_up_to_its_last_second(passed: timedelta) -> None:
    assert LINKS.read("telaah", LINK, NOON + passed) == CLAIMS


def test_a_link_past_its_time_still_says_what_it_was_for() -> None:
    with pytest.raises(LinkExpired) as expired:
        LINKS.read("telaah", LINK, LATER + timedelta(seconds=1))
    assert (expired.value.code, expired.value.facts["claims"]) == ("link_expired", CLAIMS)


def test_the_zone_of_the_end_does_not_matter() -> None:
    assert LINKS.sign("telaah", CLAIMS, LATER.astimezone()) == LINK


@given(position=st.integers(0, len(LINK) - 2), character=st.characters())
def test_not_one_character_can_be_changed(position: int, character: str) -> None:
    """But the last: two of its bits mean nothing in Base64, of the signature that is, never of what is signed."""
    changed = LINK[:position] + character + LINK[position + 1 :]
    if changed != LINK:
        with pytest.raises(LinkForged):
            LINKS.read("telaah", changed, NOON)


@settings(max_examples=300)
@given(text=st.one_of(st.text(), st.text("abcXYZ019-_."), st.sampled_from([LINK[:-2], f"{LINK}A", "", ".", "..."])))
def test_whatever_else_is_no_link(text: str) -> None:
    with pytest.raises(LinkForged) as forged:
        LINKS.read("telaah", text, NOON)
    assert forged.value.code == "link_forged"


@pytest.mark.parametrize("text", ["\udcff", "ü" * 4000, "\x00", LINK.encode().hex(), f" {LINK}", f"{LINK}\n"])
def test_odd_texts_are_no_links_either(text: str) -> None:
    with pytest.raises(LinkForged):
        LINKS.read("telaah", text, NOON)


def test_a_link_is_good_in_the_one_writing_that_we_gave_it() -> None:
    """Base64 reads several last characters, and padding, as the same bytes; counted by its text a link is one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [*(LINK[:-1] + last for last in alphabet if last != LINK[-1]), f"{LINK}=", f"{LINK}==", f"{LINK}\n"]
    for other in others:
        with pytest.raises(LinkForged):
            LINKS.read("telaah", other, NOON)


def test_after_a_new_key_old_links_open_and_new_ones_are_signed_with_it() -> None:
    before, both, after = Links(["a"]), Links(["a", "b"]), Links(["b"])
    old, new = before.sign("meja", {"r": "x"}, LATER), both.sign("meja", {"r": "x"}, LATER)

    assert both.read("meja", old, NOON) == both.read("meja", new, NOON) == {"r": "x"}
    assert after.read("meja", new, NOON) == {"r": "x"}
    for key, link in ((after, old), (before, new)):
        with pytest.raises(LinkForged):
            key.read("meja", link, NOON)


def test_a_text_signed_by_us_that_says_nothing_is_no_link() -> None:
    """Made with our key by something else than ``sign``: no claims, no end."""
    from itsdangerous import URLSafeSerializer

    content: Any
    for content in ([], "x", {"t": 1}, 7, None, {"x": "soon"}, {"x": None}):
        text = str(URLSafeSerializer(["kunci-baru"], salt="portal.telaah").dumps(content))
        with pytest.raises(LinkForged):
            LINKS.read("telaah", text, NOON)
