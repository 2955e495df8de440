"""A relay that is out shows by the emails that it holds up, and by no others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.notices import Notice
from portal.core.outage import GRACE, Outage, outage
from tests.support.builders import AT, a_notice

LATER = AT + timedelta(minutes=3)
HELD_UP = a_notice().failed("timed out", AT, relay=True)
PUT_OFF = a_notice(event=2).failed("452 mailbox full", AT)


def test_an_outage_began_with_the_first_email_that_it_still_holds_up() -> None:
    other = a_notice(event=3).failed("535 no", LATER, relay=True)
    assert outage([other, HELD_UP, PUT_OFF]) == Outage(AT, 3)


@pytest.mark.parametrize(
    "unsent",
    [
        [],
        [a_notice()],
        [PUT_OFF],
        [HELD_UP.delivered(LATER)],
        [HELD_UP.dropped(LATER)],
        [HELD_UP.failed("550 no such user", LATER, hopeless=True)],
        [replace(HELD_UP, hopeless=True)],
    ],
)
def test_what_is_not_tried_or_is_an_address_s_own_fault_is_no_outage(unsent: list[Notice]) -> None:
    assert outage(unsent) is None


def test_nobody_is_called_for_a_hiccup() -> None:
    out = Outage(AT, 1)
    assert not out.lasts(AT + GRACE - timedelta(seconds=1))
    assert out.lasts(AT + GRACE)
