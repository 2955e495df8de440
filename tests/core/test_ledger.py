import hashlib
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core import ledger

TICKET = "TTE-26-7777-777M"
OTHER_TICKET = "TTE-26-8888-888G"

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
flat = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=4), scalars, max_size=2)
values = flat | st.dictionaries(st.sampled_from(["surat", "ktp"]), flat, max_size=2)
events = st.dictionaries(st.sampled_from(["at", "by", "note", "documents", "état"]), values, min_size=1, max_size=2)
histories = st.lists(events, min_size=1, max_size=4)
examples = settings(max_examples=50, deadline=None)


def chain(ticket: str, history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries, previous = [], ledger.genesis(ticket)
    for event in history:
        entry = {**event, "previous": previous, "hash": ledger.digest(previous, event)}
        entries.append(entry)
        previous = entry["hash"]
    return entries


def as_json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_canonical_json_is_sorted_tight_and_utf8() -> None:
    assert ledger.canonical({"b": [1, None, True], "a": "Kadis – é"}) == '{"a":"Kadis – é","b":[1,null,true]}'.encode()


@examples
@given(st.dictionaries(st.text(max_size=4), values))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: dict[str, Any]) -> None:
    assert ledger.canonical(value) == ledger.canonical(dict(reversed(value.items())))
    assert json.loads(ledger.canonical(value)) == value


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), float("inf"), {"a": [1.5]}, {1: "a"}, {None: 1}, {"a": {1, 2}}, b"bytes", object()]
)
def test_what_has_no_single_way_of_writing_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        ledger.canonical(value)


@pytest.mark.parametrize(
    ("value", "told"), [({"a": {1: "b"}}, "not a string key: 1"), ({"a": [1.5]}, "not canonical JSON: float")]
)
def test_what_is_refused_is_told_by_its_key_or_kind(value: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"^{told}$"):
        ledger.canonical(value)


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        ledger.canonical("\ud800")


def test_a_digest_can_be_recomputed_by_anyone_with_a_sha256_tool() -> None:
    written = b'{"by":"Kadis","previous":"00ff"}'
    assert ledger.digest("00ff", {"by": "Kadis"}) == hashlib.sha256(written).hexdigest()
    assert ledger.genesis(TICKET) == hashlib.sha256(b"TTE-26-7777-777M").hexdigest()


@examples
@given(histories)
def test_an_untouched_chain_holds_also_after_a_round_through_json(history: list[dict[str, Any]]) -> None:
    entries = chain(TICKET, history)
    assert ledger.verify(TICKET, entries) is None
    assert ledger.verify(TICKET, json.loads(json.dumps(entries))) is None


def test_no_entries_are_a_chain_that_holds() -> None:
    assert ledger.verify(TICKET, []) is None


@examples
@given(histories, st.data())
def test_any_change_of_any_field_of_any_entry_is_found(history: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = chain(TICKET, history)
    index = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from(sorted(entries[index])))
    changed = data.draw(values | st.floats(allow_nan=False))
    assume(as_json(changed) != as_json(entries[index][field]))
    entries[index][field] = changed
    assert ledger.verify(TICKET, entries) == index + 1


@examples
@given(histories, st.data())
def test_a_field_taken_out_or_put_in_is_found(history: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = chain(TICKET, history)
    index = data.draw(st.integers(0, len(entries) - 1))
    if data.draw(st.booleans()):
        del entries[index][data.draw(st.sampled_from(sorted(entries[index])))]
    else:
        entries[index]["added"] = data.draw(values)
    assert ledger.verify(TICKET, entries) == index + 1


@examples
@given(histories, st.data())
def test_an_entry_changed_and_hashed_anew_is_found_at_the_next(
    history: list[dict[str, Any]], data: st.DataObject
) -> None:
    assume(len(history) > 1)
    entries = chain(TICKET, history)
    index = data.draw(st.integers(0, len(entries) - 2))
    entries[index]["added"] = "x"
    entries[index]["hash"] = ledger.digest(entries[index]["previous"], entries[index])
    assert ledger.verify(TICKET, entries) == index + 2


@examples
@given(histories, st.data())
def test_a_deletion_is_found_except_at_the_end(history: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = chain(TICKET, history)
    index = data.draw(st.integers(0, len(entries) - 1))
    last = index == len(entries) - 1
    del entries[index]
    assert ledger.verify(TICKET, entries) == (None if last else index + 1)


@examples
@given(histories, st.data())
def test_an_exchange_of_two_entries_is_found(history: list[dict[str, Any]], data: st.DataObject) -> None:
    assume(len(history) > 1)
    entries = chain(TICKET, history)
    one, other = sorted(data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True)))
    entries[one], entries[other] = entries[other], entries[one]
    assert ledger.verify(TICKET, entries) == one + 1


@examples
@given(histories)
def test_a_chain_of_another_ticket_is_found_at_its_first_entry(history: list[dict[str, Any]]) -> None:
    assert ledger.verify(OTHER_TICKET, chain(TICKET, history)) == 1


@examples
@given(histories, histories)
def test_an_end_taken_from_another_chain_is_found(history: list[dict[str, Any]], foreign: list[dict[str, Any]]) -> None:
    entries = chain(TICKET, history) + chain(OTHER_TICKET, foreign)
    assert ledger.verify(TICKET, entries) == len(history) + 1


def test_true_is_not_one_and_a_number_is_not_its_text() -> None:
    entries = chain(TICKET, [{"complete": True, "step": 2}])
    assert ledger.verify(TICKET, [{**entries[0], "complete": 1}]) == 1
    assert ledger.verify(TICKET, [{**entries[0], "step": "2"}]) == 1


@pytest.mark.parametrize("smuggled", [1.5, "\ud800", {1: "a"}, b"bytes"])
def test_what_no_entry_can_hold_counts_as_altered_and_does_not_stop_the_check(smuggled: Any) -> None:
    entries = chain(TICKET, [{"step": 2}, {"step": 3}])
    entries[1]["step"] = smuggled
    assert ledger.verify(TICKET, entries) == 2
