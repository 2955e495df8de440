"""What every engine's records must do with the emails that are owed."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from portal.core.notices import Notice
from portal.engines.ports import Records
from tests.support.builders import AT, a_notice, after, application, owed_by
from tests.support.commits import LEASE, MOMENT, Open, at_once, change, claimed, write


def shares(owed: Notice) -> bool:
    return owed.role != "applicant" and not owed.is_asked_for


class NoticesContract:
    def test_an_email_comes_back_as_it_was_owed(self, records: Records) -> None:
        owed = a_notice(
            name="Siti – Ny.", occasion="again", queued_at=AT, due_at=AT + timedelta(seconds=1, microseconds=5)
        )
        records.owe([owed])
        assert list(records.unsent()) == [owed]

    def test_a_case_and_the_emails_it_owes_are_written_together(self, records: Records) -> None:
        case = write(records, application())
        confirmed = after(case, "confirm")
        records.commit(change(confirmed, notices=owed_by(confirmed)))
        assert sorted(n.identity for n in records.unsent()) == sorted(n.identity for n in owed_by(confirmed))
        assert {n.letter for n in records.unsent()} == {"received", "turn"}

    def test_the_same_email_is_owed_once_even_within_one_change(self, records: Records) -> None:
        case = application()
        records.commit(change(case, notices=[a_notice(), a_notice(), a_notice(occasion="again")]))
        assert sorted(n.occasion for n in records.unsent()) == ["", "again"]

    def test_owing_what_is_owed_already_leaves_it_as_it_is(self, records: Records) -> None:
        records.owe([a_notice()])
        held = claimed(records, AT)
        records.owe([a_notice(due_at=AT - timedelta(days=1))])
        assert list(records.unsent()) == [held]
        records.settle_notice(held.delivered(AT))
        records.owe([a_notice()])
        assert list(records.unsent()) == []
        assert records.claim_notice(AT + timedelta(days=9), LEASE) is None

    def test_all_emails_about_a_case_are_found_whatever_became_of_them(self, records: Records) -> None:
        owed = [a_notice(occasion=str(number), queued_at=AT + timedelta(seconds=number)) for number in range(3)]
        records.owe([*owed[::-1], a_notice("another")])
        sent = claimed(records, AT).delivered(AT)
        records.settle_notice(sent)
        found = [*records.notices(owed[0].about), *records.notices("another")]
        assert [notice.occasion for notice in found if notice.about == owed[0].about] == ["0", "1", "2"]
        assert [notice for notice in found if notice.sent_at] == [sent]
        assert list(records.notices("nothing")) == []

    def test_only_what_is_due_is_claimed_longest_due_first(self, records: Records) -> None:
        due = {"late": AT + timedelta(seconds=2), "now": AT, "early": AT - timedelta(hours=3)}
        records.owe([a_notice(about, due_at=at) for about, at in due.items()])
        assert claimed(records, AT).about == "early"
        assert claimed(records, AT).about == "now"
        assert records.claim_notice(AT, LEASE) is None
        assert claimed(records, AT + timedelta(seconds=2)).about == "late"

    def test_hours_of_different_zones_are_compared_as_moments(self, records: Records) -> None:
        records.owe(
            [a_notice("later", due_at=AT.astimezone(UTC)), a_notice("sooner", due_at=AT - timedelta(minutes=1))]
        )
        assert claimed(records, AT.astimezone(UTC)).about == "sooner"
        assert claimed(records, AT.astimezone(UTC)).about == "later"

    def test_a_held_email_is_due_again_only_when_the_lease_is_over(self, records: Records) -> None:
        records.owe([a_notice()])
        held = claimed(records, AT)
        assert (held.attempts, held.due_at) == (1, AT + LEASE)
        assert records.claim_notice(AT + LEASE - MOMENT, LEASE) is None
        assert claimed(records, AT + LEASE) == held.held(AT + LEASE + LEASE)

    def test_a_failure_is_kept_with_its_reason_and_tried_again_later(self, records: Records) -> None:
        records.owe([a_notice()])
        pauses = []
        now = AT
        for _ in range(4):
            failed = claimed(records, now).failed("451 try later", now)
            records.settle_notice(failed)
            assert list(records.unsent()) == [failed]
            assert records.claim_notice(failed.due_at - MOMENT, LEASE) is None
            pauses.append((failed.due_at - now).total_seconds())
            now = failed.due_at
        assert pauses == [10, 20, 40, 80]

    def test_a_hopeless_email_is_not_tried_again_but_stays_visible(self, records: Records) -> None:
        records.owe([a_notice()])
        hopeless = claimed(records, AT).failed("550 no such user", AT, hopeless=True)
        records.settle_notice(hopeless)
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None
        assert list(records.unsent()) == [hopeless]

    def test_an_email_that_was_dropped_is_on_no_list_and_no_sender_brings_it_back(self, records: Records) -> None:
        records.owe([a_notice()])
        held = claimed(records, AT)
        records.settle_notice(held.dropped(AT))
        records.settle_notice(held.failed("timed out", AT))
        assert list(records.unsent()) == []
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None
        records.owe([a_notice()])
        assert list(records.unsent()) == [], "owed once, and that is over"

    @pytest.mark.parametrize("hopeless", [False, True])
    def test_a_dropped_email_is_owed_no_more_whether_it_was_hopeless_or_not(
        self, records: Records, hopeless: bool
    ) -> None:
        records.owe([a_notice()])
        held = claimed(records, AT)
        records.settle_notice(replace(held, hopeless=hopeless, dropped_at=AT))
        assert list(records.unsent()) == []
        assert records.claim_notice(AT + timedelta(days=30), LEASE) is None

    def test_a_sender_who_lost_the_lease_cannot_undo_what_the_next_one_did(self, records: Records) -> None:
        records.owe([a_notice()])
        slow = claimed(records, AT)
        quick = claimed(records, AT + LEASE)
        records.settle_notice(slow.failed("timed out", AT + LEASE))
        assert list(records.unsent()) == [quick]
        records.settle_notice(quick.delivered(AT + LEASE))
        records.settle_notice(slow.failed("timed out", AT + LEASE, hopeless=True))
        assert list(records.unsent()) == []

    def test_a_sender_who_lost_the_lease_but_sent_has_sent(self, records: Records) -> None:
        records.owe([a_notice()])
        slow = claimed(records, AT)
        quick = claimed(records, AT + LEASE)
        records.settle_notice(slow.delivered(AT + LEASE))
        records.settle_notice(quick.failed("timed out", AT + LEASE))
        assert list(records.unsent()) == []

    def test_unsent_emails_are_listed_oldest_first(self, records: Records) -> None:
        for about, hours in (("second", 2), ("first", 3), ("third", 1)):
            records.owe([a_notice(about, queued_at=AT - timedelta(hours=hours))])
        assert [n.about for n in records.unsent()] == ["first", "second", "third"]

    def test_of_many_senders_at_once_each_email_is_claimed_by_one(self, records: Records, open_records: Open) -> None:
        records.owe([a_notice(f"T{number}") for number in range(40)])
        handles = [open_records() for _ in range(5)]

        def drain(number: int) -> list[str]:
            claimed = []
            while held := handles[number].claim_notice(AT, LEASE):
                handles[number].settle_notice(held.delivered(AT))
                claimed.append(held.about)
            return claimed

        claimed = [about for abouts in at_once(5, drain) for about in abouts]
        assert sorted(claimed) == sorted(f"T{number}" for number in range(40))
        assert list(records.unsent()) == []

    def test_what_else_is_owed_to_the_same_person_is_held_with_it_due_or_not(self, records: Records) -> None:
        later, soon = AT + timedelta(hours=3), AT + LEASE
        records.owe([a_notice("first", due_at=AT - MOMENT), a_notice("second"), a_notice("third", due_at=later)])
        records.owe([a_notice("soon", due_at=soon), a_notice("unwanted"), a_notice("fourth", recipient="lain@x.id")])
        held = claimed(records, AT)
        also = records.claim_also(held, lambda other: other.about != "unwanted", AT, LEASE)
        assert [(n.about, n.attempts, n.due_at) for n in also] == [("second", 1, AT + LEASE), ("third", 1, AT + LEASE)]
        assert sorted(n.about for n in records.unsent() if n.attempts) == ["first", "second", "third"]
        assert records.claim_also(held, lambda _: True, AT, LEASE)[0].about == "unwanted"
        assert records.claim_also(held, lambda _: True, AT, LEASE) == []

    def test_what_is_hopeless_sent_or_dropped_goes_with_nothing(self, records: Records) -> None:
        for about in ("hopeless", "sent", "dropped"):
            records.owe([a_notice(about)])
            held = claimed(records, AT)
            became = {
                "hopeless": held.failed("550", AT, hopeless=True),
                "sent": held.delivered(AT),
                "dropped": held.dropped(AT),
            }
            records.settle_notice(became[about])
        records.owe([a_notice("first")])
        assert records.claim_also(claimed(records, AT), lambda _: True, AT, LEASE) == []

    def test_of_senders_at_once_one_gets_what_goes_together(self, records: Records, open_records: Open) -> None:
        records.owe([a_notice(f"T{number:02}") for number in range(12)])
        handles = [open_records() for _ in range(3)]

        def gather(number: int) -> list[str]:
            first = handles[number].claim_notice(AT, LEASE)
            also = handles[number].claim_also(first, lambda _: True, AT, LEASE) if first else []
            return [each.about for each in ([first] if first else []) + list(also)]

        gathered = [about for abouts in at_once(3, gather) for about in abouts]
        assert sorted(gathered) == [f"T{number:02}" for number in range(12)]

    def test_of_those_that_share_an_email_one_is_given_out_at_a_time(self, records: Records) -> None:
        shared = [
            a_notice(
                f"T{number}",
                role="kadis",
                queued_at=AT - timedelta(hours=9 - number),
                due_at=AT - (3 - number) * MOMENT,
            )
            for number in range(3)
        ]
        asked = a_notice("asked", role="kadis", occasion="again-1")
        other = a_notice("other", role="kabid", recipient="kabid@x.id")
        records.owe([*shared, asked, other])
        first = records.claim_notice(AT, LEASE, shares)
        assert first
        assert first.about == "T0"
        rest = [records.claim_notice(AT, LEASE, shares) for _ in range(3)]
        assert [each.about if each else "" for each in sorted(rest, key=str)] == ["", "asked", "other"]
        assert [each.about for each in records.claim_also(first, shares, AT, LEASE)] == ["T1", "T2"]

    def test_however_many_wait_for_one_person_the_others_are_given_out_and_what_he_has_asked_for(
        self, records: Records
    ) -> None:
        long_ago = AT - 2 * LEASE
        records.owe(
            [a_notice(f"T{number:02}", role="kadis", due_at=long_ago + number * MOMENT) for number in range(60)]
        )
        asked = a_notice("asked", role="kadis", occasion="again-1", due_at=AT - LEASE)
        others = [a_notice(f"other{number}", role="kabid", recipient="kabid@x.id") for number in range(2)]
        records.owe([asked, *others])
        given = [records.claim_notice(AT, LEASE, shares) for _ in range(4)]
        assert [each.about[:5] if each else "" for each in given] == ["T00", "asked", "other", ""]

    def test_what_was_forgotten_in_a_senders_hands_and_is_owed_anew_is_given_out(self, records: Records) -> None:
        owed = a_notice(role="kadis")
        records.owe([owed])
        first = records.claim_notice(AT, LEASE, shares)
        assert first
        records.forget_notices([first])
        records.owe([owed])
        assert records.claim_notice(AT, LEASE, shares) is None
        assert records.claim_notice(AT + LEASE, LEASE, shares) == owed.held(AT + 2 * LEASE)

    @pytest.mark.parametrize("ends", ["delivered", "failed", "dropped", "put off", "lease over"])
    def test_once_that_one_is_settled_or_its_lease_is_over_the_next_is_given_out(
        self, records: Records, ends: str
    ) -> None:
        records.owe([a_notice(f"T{number}", role="kadis", due_at=AT - (2 - number) * MOMENT) for number in range(2)])
        first, now = records.claim_notice(AT, LEASE, shares), AT + timedelta(seconds=3)
        assert first
        assert records.claim_notice(now, LEASE, shares) is None
        became = {
            "delivered": first.delivered(now),
            "failed": first.failed("451", now),
            "dropped": first.dropped(now),
            "put off": first.put_off(now + timedelta(hours=1)),
        }
        if ends in became:
            records.settle_notice(became[ends])
        else:
            now = AT + LEASE
        second = records.claim_notice(now, LEASE, shares)
        assert second
        records.settle_notice(first.delivered(now))  # late, and no matter of the present one
        records.owe([a_notice("T9", role="kadis", due_at=AT)])
        assert records.claim_notice(now, LEASE, shares) is None

    def test_of_senders_at_once_one_has_all_that_share_an_email(self, records: Records, open_records: Open) -> None:
        records.owe([a_notice(f"T{number:02}", role="kadis") for number in range(12)])
        handles = [open_records() for _ in range(3)]

        def gather(number: int) -> int:
            first = handles[number].claim_notice(AT, LEASE, shares)
            return 1 + len(handles[number].claim_also(first, shares, AT, LEASE)) if first else 0

        assert sorted(at_once(3, gather)) == [0, 0, 12]

    def test_an_email_put_off_is_due_then_and_not_before(self, records: Records) -> None:
        records.owe([a_notice()])
        records.settle_notice(claimed(records, AT).put_off(AT + timedelta(hours=2)))
        assert records.claim_notice(AT + timedelta(hours=2) - MOMENT, LEASE) is None
        assert claimed(records, AT + timedelta(hours=2)).problem == ""

    def test_the_first_email_to_a_person_since_a_time_is_told_so_and_no_other(self, records: Records) -> None:
        first, second, other = a_notice("first"), a_notice("second"), a_notice("other", recipient="lain@x.id")
        since, next_round = AT - timedelta(hours=1), AT + timedelta(hours=1)
        assert [records.goes_first(each, since, AT) for each in (first, second, first, other)] == [1, 0, 1, 1]
        assert not records.goes_first(second, since, AT + timedelta(minutes=59))
        assert records.goes_first(second, next_round, next_round)
        assert not records.goes_first(first, next_round, next_round + MOMENT)
