"""Which owed emails tell what was told already."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.notices import SHARED, Notice
from portal.core.outdated import is_told_otherwise
from tests.support.builders import AT, a_notice

ALONE = a_notice(letter="overdue", occasion="", sent_at=None)
JOINED = replace(ALONE, occasion=SHARED)
SENT = AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("owed", "other", "is_told"),
    [
        (ALONE, ALONE, False),
        (ALONE, JOINED, False),
        (ALONE, replace(JOINED, sent_at=SENT), True),
        (JOINED, ALONE, True),
        (JOINED, replace(ALONE, sent_at=SENT), True),
        (JOINED, JOINED, False),
        (JOINED, replace(ALONE, recipient="lain@tarakankota.go.id"), False),
        (JOINED, replace(ALONE, event=2), False),
        (JOINED, replace(ALONE, letter="turn"), False),
    ],
)
def test_the_same_word_of_one_event_goes_to_a_person_once_whoever_else_could_act(
    owed: Notice, other: Notice, is_told: bool
) -> None:
    assert is_told_otherwise(owed, [other]) is is_told
