"""What every engine's records must do with emails that came back."""

from dataclasses import replace
from datetime import timedelta

from portal.core.notices import Notice
from portal.engines.ports import CameBack, Records
from tests.support.builders import AT, a_notice
from tests.support.commits import LEASE, claimed

BOUNCED = CameBack([a_notice().identity], "Bounce Permanent General: smtp; 550 5.1.1 user unknown", True)


class CameBackContract:
    def test_an_email_that_came_back_for_good_is_unsent_and_hopeless(self, records: Records) -> None:
        sent(records)
        records.came_back(BOUNCED, AT + LEASE)
        (unsent,) = records.unsent()
        assert (unsent.problem, unsent.hopeless, unsent.sent_at) == (BOUNCED.problem, True, None)
        assert unsent.is_red(AT + LEASE)
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None

    def test_an_email_that_came_back_for_now_is_sent_again_some_hours_later(self, records: Records) -> None:
        sent(records)
        records.came_back(replace(BOUNCED, final=False), AT + LEASE)
        assert records.claim_notice(AT + timedelta(hours=6), LEASE) is None
        again = claimed(records, AT + timedelta(hours=7))
        assert again.attempts == 2
        records.settle_notice(again.delivered(AT + timedelta(hours=7)))
        assert list(records.unsent()) == []

    def test_word_that_comes_twice_counts_once(self, records: Records) -> None:
        sent(records)
        word = replace(BOUNCED, final=False)
        records.came_back(word, AT)
        again = claimed(records, AT + timedelta(hours=7))
        records.settle_notice(again.delivered(AT + timedelta(hours=7)))
        records.came_back(replace(word, final=True), AT + timedelta(hours=8))
        (unsent,) = records.unsent()
        assert unsent.hopeless
        records.came_back(word, AT + timedelta(hours=9))
        assert list(records.unsent()) == [unsent]

    def test_word_that_is_faster_than_the_sender_is_not_lost(self, records: Records) -> None:
        records.owe([a_notice()])
        held = claimed(records, AT)
        records.came_back(BOUNCED, AT)
        records.settle_notice(held.delivered(AT))
        assert [n.problem for n in records.unsent()] == [BOUNCED.problem]

    def test_what_a_person_saw_to_after_it_came_back_stays_off_the_list(self, records: Records) -> None:
        sent(records)
        records.came_back(BOUNCED, AT)
        (unsent,) = records.unsent()
        records.settle_notice(unsent.dropped(AT))
        records.came_back(BOUNCED, AT + LEASE)
        assert list(records.unsent()) == []

    def test_word_of_what_was_never_owed_changes_nothing(self, records: Records) -> None:
        records.owe([a_notice("another")])
        records.came_back(BOUNCED, AT)
        assert list(records.unsent()) == [a_notice("another")]

    def test_all_that_went_in_one_email_comes_back_with_it_and_nothing_else(self, records: Records) -> None:
        together = sent(records, *(f"T{number}" for number in range(3)))
        sent(records, "another")
        records.came_back(replace(BOUNCED, identities=[each.identity for each in together]), AT + LEASE)
        assert [(each.about, each.hopeless) for each in records.unsent()] == [("T0", 1), ("T1", 1), ("T2", 1)]


def sent(records: Records, *abouts: str) -> list[Notice]:
    """Owed, and taken by the relay."""
    owed = [a_notice(about) for about in abouts] or [a_notice()]
    records.owe(owed)
    held = [claimed(records, AT) for _ in owed]
    for each in held:
        records.settle_notice(each.delivered(AT))
    return held
