"""What every engine promises of how far a sweep came."""

from portal.engines.ports import Records
from tests.support.commits import Open


class SweepsContract:
    def test_how_far_a_sweep_came_is_told_to_whoever_asks_later(self, open_records: Open) -> None:
        records = open_records()
        assert records.reached("documents/penerbitan") == ""
        records.keep_reached("documents/penerbitan", "2026-08-03")
        records.keep_reached("records/penerbitan", "2026-08 2021-08-03")
        records.keep_reached("documents/penerbitan", "2026-08-04")
        again = open_records()
        assert again.reached("documents/penerbitan") == "2026-08-04"
        assert again.reached("records/penerbitan") == "2026-08 2021-08-03"
        assert again.reached("documents") == again.reached("documents/surel") == ""

    def test_a_sweep_can_be_made_to_begin_anew(self, records: Records) -> None:
        records.keep_reached("documents/penerbitan", "2026-08-03")
        records.keep_reached("documents/penerbitan", "")
        assert records.reached("documents/penerbitan") == ""
