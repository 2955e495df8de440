"""What every engine promises of personal data that leaves the portal."""

from datetime import timedelta

from portal.core.handouts import CASES, PERSON, Handout
from portal.engines.ports import Records
from tests.support.builders import AT, a_ticket
from tests.support.commits import Open

ONE = Handout(AT, PERSON, "Rina Contoh", "Petugas", 2, (a_ticket(1), a_ticket(2)))


class HandoutsContract:
    def test_who_took_something_out_is_kept_in_order_and_for_other_handles_too(self, open_records: Open) -> None:
        records = open_records()
        assert list(records.handouts()) == []
        # Twelve, as a tenth must not sort before a second.
        kept = [ONE, *(Handout(AT + timedelta(minutes=n), CASES, "", "Pengelola server", n) for n in range(11))]
        for each in kept:
            records.keep_handout(each)
        assert list(open_records().handouts()) == kept

    def test_the_same_twice_is_two(self, records: Records) -> None:
        records.keep_handout(ONE)
        records.keep_handout(ONE)
        assert list(records.handouts()) == [ONE, ONE]
