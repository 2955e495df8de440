"""What every engine promises of the browsers in which officials use their links."""

from datetime import timedelta
from functools import partial

from portal.engines.ports import Records
from tests.support.at_once import at_once
from tests.support.builders import AT
from tests.support.commits import Open

LONG = timedelta(days=30)
MOMENT = timedelta(seconds=1)


class DevicesContract:
    def test_a_link_is_used_in_some_browsers_until_an_end_and_others_are_not_told(self, open_records: Open) -> None:
        records = open_records()
        assert list(records.used("satu", AT)) == []
        records.use("satu", "peramban-a", AT, AT + LONG)
        records.use("satu", "peramban-b", AT, AT + LONG + LONG)
        assert sorted(open_records().used("satu", AT)) == ["peramban-a", "peramban-b"]
        assert list(records.used("dua", AT)) == list(records.used("sat", AT)) == []
        assert list(records.used("satu", AT + LONG)) == ["peramban-b"]

    def test_using_it_again_there_is_once_and_lasts_longer(self, records: Records) -> None:
        for at in (AT, AT + MOMENT, AT + LONG - MOMENT):
            records.use("satu", "peramban", at, at + LONG)
        assert list(records.used("satu", AT + LONG + LONG - MOMENT - MOMENT)) == ["peramban"]
        records.use("dua", "peramban", AT + LONG + LONG, AT + LONG + LONG + LONG)
        assert list(records.used("satu", AT + LONG + LONG)) == []

    def test_what_one_holds_nobody_else_does_until_its_end(self, open_records: Open) -> None:
        records = open_records()
        assert records.hold("giliran", "satu", AT, AT + LONG) == "satu"
        assert open_records().hold("giliran", "dua", AT + MOMENT, AT + LONG + LONG) == "satu"
        assert records.hold("giliran", "satu", AT + MOMENT, AT + LONG + LONG) == "satu"
        assert records.hold("lain", "dua", AT, AT + LONG) == "dua"
        assert records.hold("giliran", "dua", AT + LONG, AT + LONG + LONG) == "dua"
        assert records.hold("giliran", "satu", AT + LONG, AT + LONG + LONG) == "dua"

    def test_what_is_held_until_now_or_a_time_that_is_over_is_free_for_whoever_comes_next(
        self, open_records: Open
    ) -> None:
        records = open_records()
        assert records.hold("giliran", "", AT, AT) == ""
        assert records.hold("giliran", "", AT, AT - LONG) == ""
        assert records.hold("giliran", "satu", AT - MOMENT, AT + LONG) == "satu"
        assert open_records().hold("giliran", "", AT, AT) == "satu"
        assert records.hold("giliran", "dua", AT + MOMENT, AT + LONG) == "satu"

    def test_of_several_who_reach_for_it_at_once_all_are_told_the_same(self, open_records: Open) -> None:
        def reach(name: str) -> str:
            return open_records().hold("giliran", name, AT, AT + LONG)

        assert len(set(at_once(*(partial(reach, name) for name in "abcd")))) == 1
