import random
from itertools import combinations
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core import ticket
from portal.core.errors import NotFound, SopInvalid

prefixes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=5)
tickets = st.builds(
    lambda prefix, year, seed: ticket.new(prefix, year, random.Random(seed).choice),
    prefixes,
    st.integers(2024, 2199),
    st.integers(),
)
examples = settings(deadline=None)


def is_refused(text: str) -> bool:
    try:
        ticket.parse(text)
    except NotFound as error:
        return error.code == "ticket_unknown"
    return False


def test_a_ticket_carries_prefix_year_and_eight_characters() -> None:
    assert ticket.new("TTE", 2026, lambda alphabet: alphabet[5]) == "TTE-26-7777-777M"


def test_the_alphabet_is_31_characters_without_look_alikes() -> None:
    assert len(set(ticket.ALPHABET)) == len(ticket.ALPHABET) == 31
    assert not set(ticket.ALPHABET) & set("01ILO")


@examples
@given(tickets)
def test_a_new_ticket_is_its_own_canonical_form(number: str) -> None:
    assert ticket.parse(number) == number


def test_every_check_character_can_occur() -> None:
    seeds = range(1000)
    assert {ticket.new("TTE", 2026, random.Random(seed).choice)[-1] for seed in seeds} == set(ticket.ALPHABET)


@examples
@given(tickets, st.data())
def test_every_single_wrong_character_is_refused(number: str, data: st.DataObject) -> None:
    places = [place for place, character in enumerate(number) if character != "-"]
    place = data.draw(st.sampled_from(places))
    others = sorted(set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - {number[place]})
    for wrong in others:
        assert is_refused(number[:place] + wrong + number[place + 1 :])


@examples
@given(tickets)
def test_every_exchange_of_two_different_characters_is_refused(number: str) -> None:
    compact = number.replace("-", "")
    for one, other in combinations(range(len(compact)), 2):
        swapped = list(compact)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert swapped == list(compact) or is_refused("".join(swapped))


@pytest.mark.parametrize(
    "typed",
    [
        "TTE-26-7777-777M",
        "tte-26-7777-777M",
        "TTE267777777M",
        "  TTE 26 7777 777M\r\n",
        "TTE–26—7777‑777M",
        "TTE\u221226\u22127777\u2212777M",
        "\u200eTTE-26-77\u00ad77-777M\ufeff",
        "TTE\u00a026\u20097777\u3000777M",
        "--TTE--26--7777777M--",
        "T-T-E-2-6-7-7-7-7-7-7-7-M",
    ],
)
def test_case_dashes_and_spaces_do_not_matter(typed: str) -> None:
    assert ticket.parse(typed) == "TTE-26-7777-777M"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "TTE",
        "TTE-26-7777-777",
        "TTE-26-7777-777M6",
        "T-26-7777-777M",
        "TTEXYZ-26-7777-777M",
        "TTE-26-7777-7777",
        "TTE-27-7777-777M",
        "TTF-26-7777-777M",
        "TTE_26_7777_777M",
        "TTE-26-7777-777M\x00",
        "TTE-26-7777-777\ud800",
        "TTE-٢٦-7777-777M",
        "TTE-26-7777-777６",
        "ＴＴＥ-26-7777-777M",
        "ßE-26-7777-777M",
        "../../etc/passwd",
    ],
)
def test_anything_malformed_is_answered_like_an_unknown_ticket(typed: str) -> None:
    assert is_refused(typed)


def test_a_letter_that_only_becomes_latin_as_a_capital_is_refused() -> None:
    number = ticket.new("SS", 2026, lambda alphabet: alphabet[5])
    assert ticket.parse(number.lower()) == number
    assert is_refused(number.replace("SS", "ſſ"))
    assert is_refused(number.replace("SS", "ß"))


@examples
@given(st.text())
def test_any_text_is_either_canonical_or_unknown(text: str) -> None:
    assert is_refused(text) or ticket.parse(ticket.parse(text)) == ticket.parse(text)


def test_huge_input_is_refused_by_its_length_alone() -> None:
    class OnlyLong:
        """Whoever asks it for more than its length fails."""

        def __len__(self) -> int:
            return 10_000_000

    assert is_refused(cast(str, OnlyLong()))
    assert all(is_refused(text * 10_000_000) for text in "A-\0")


@pytest.mark.parametrize("prefix", ["", "T", "tte", "TTE1", "TTE-", "TTEXYZ", "ÄÖ"])
def test_a_prefix_that_could_not_be_read_back_is_refused(prefix: str) -> None:
    with pytest.raises(SopInvalid) as caught:
        ticket.new(prefix, 2026, random.Random(1).choice)
    assert caught.value.code == "ticket_prefix_invalid"
    assert caught.value.facts == {"key": "ticket_prefix", "value": prefix, "expected": "[A-Z]{2,5}"}


def test_a_ticket_with_room_around_it_is_read_up_to_a_hundred_characters() -> None:
    assert ticket.parse("TTE-26-7777-777M".ljust(100)) == "TTE-26-7777-777M"
    assert is_refused("TTE-26-7777-777M".ljust(101))
