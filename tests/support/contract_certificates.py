"""What every engine's records must do with the register: its entries, with what the recap hears of them and emails."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.core.application import Actor
from portal.core.errors import Conflict, NotFound
from portal.core.register import Certificate, corrections
from portal.engines.ports import Records
from tests.support.builders import AT, a_notice, application
from tests.support.commits import Open, at_once, change, write

TODAY = date(2026, 8, 3)
BY = Actor("verifikator", "Andi", "Plt. Verifikator", "andi@tarakankota.go.id", "198001012005011001")


def entry(id: str = "TTE-1", **changes: Any) -> Certificate:
    """Handed over by a case, and good for two years."""
    made = Certificate(
        "contoh", id, "4F:7K", "Siti – Ny.", "199001012015012001", "siti@tarakankota.go.id", "Dinas Sosial",
        date(2026, 8, 3), date(2028, 8, 3), TODAY, id,
    )  # fmt: skip
    return replace(made, **changes)


def revoked(certificate: Certificate) -> Certificate:
    return certificate.revoke({"reason": "hilang", "note": ""}, on=TODAY, by=BY, at=AT, today=TODAY)


NEWER = entry("N", issued=date(2027, 1, 5))
BEFORE = (
    entry("A"),
    entry("B", valid_until=None),
    revoked(entry("C")),
    entry("D", email="Siti.Baru@x.go.id").renew(NEWER, by=BY, at=AT, today=TODAY),
)
"""As an older portal may have kept them."""
ENDED = [[BEFORE[0], BEFORE[1]], [BEFORE[2]], [BEFORE[3]]]
"""By how they ended, each by their ends."""


def by_end(records: Records) -> list[list[Certificate]]:
    return [list(records.certificates_by_end("contoh", ended_by)) for ended_by in ("", "revoke", "replace")]


def ids(records: Records, service: str = "contoh") -> list[str]:
    return [each.id for each in records.certificates(service)]


class CertificatesContract:
    def test_an_entry_comes_back_as_it_was_kept(self, records: Records, open_records: Open) -> None:
        forever = entry("TTE-2", serial="", valid_from=None, valid_until=None, ticket="", office="")
        moved = entry("TTE-3").change({"office": "BKPSDM"}, {"reason": "a"}, on=TODAY, by=BY, at=AT, today=TODAY)
        records.keep_certificates([entry(), forever, replace(moved, version=1)])
        kept = [entry(), forever, replace(moved, version=1)]
        assert list(open_records().certificates("contoh")) == kept
        assert [open_records().certificate("contoh", each.id) for each in kept] == kept

    def test_each_service_has_its_own_register(self, records: Records) -> None:
        records.keep_certificates([entry("B"), entry("A"), entry("A", service="lain")])
        assert (ids(records), ids(records, "lain"), ids(records, "tiada")) == (["A", "B"], ["A"], [])
        with pytest.raises(NotFound) as caught:
            records.certificate("lain", "B")
        assert caught.value.code == "certificate_unknown"

    def test_a_version_is_kept_over_the_one_before_only(self, records: Records) -> None:
        records.keep_certificates([entry()])
        records.keep_certificates([revoked(entry())])
        for outdated in (entry(), revoked(entry()), replace(entry("TTE-2"), version=2)):
            with pytest.raises(Conflict) as caught:
                records.keep_certificates([outdated], notices=[a_notice()])
            assert caught.value.code == "certificate_changed"
        assert list(records.certificates("contoh")) == [revoked(entry())]
        assert list(records.unsent()) == []

    def test_corrections_and_emails_are_kept_with_the_entries(self, records: Records) -> None:
        records.keep_certificates([entry()])
        after = revoked(entry())
        heard = corrections(entry(), after, TODAY)
        records.keep_certificates([after], heard, [a_notice()])
        assert list(records.facts("contoh", "2026-08")) == heard
        assert list(records.unsent()) == [a_notice()]

    def test_many_are_kept_at_once_each_with_its_correction(self, records: Records) -> None:
        many = [entry(f"impor-{number:03}") for number in range(130)]
        heard = [fact for each in many for fact in corrections(None, each, TODAY)]
        records.keep_certificates(many, heard)
        assert list(records.certificates("contoh")) == many
        assert sorted(records.facts("contoh"), key=str) == sorted(heard, key=str)

    def test_of_two_who_write_at_once_one_does(self, records: Records, open_records: Open) -> None:
        records.keep_certificates([entry()])
        handles = [open_records() for _ in range(4)]
        told = at_once(4, lambda number: handles[number].keep_certificates([revoked(entry())]))
        assert sorted(map(str, told)) == ["None", *["certificate_changed"] * 3]

    def test_a_hand_over_writes_entries_and_corrections_with_its_event_or_nothing(self, records: Records) -> None:
        write(records, application())
        records.keep_certificates([entry("ALT")])
        older = revoked(entry("ALT"))
        case, heard = application("confirm"), corrections(entry("ALT"), older, TODAY)
        records.commit(change(case, certificates=[entry(case.ticket), older], corrections=heard))
        assert sorted(ids(records)) == sorted([case.ticket, "ALT"])
        assert list(records.facts("contoh")) == heard

        late = change(application("confirm", "forward"), certificates=[entry("NEU"), older])
        with pytest.raises(Conflict) as caught:
            records.commit(late)
        assert caught.value.code == "certificate_changed"
        assert (records.load(case.ticket), "NEU" in ids(records)) == (case, False)

    def test_an_entry_is_forgotten_with_the_emails_about_it_and_nobody_elses(self, records: Records) -> None:
        records.keep_certificates([entry(), entry("TTE-2")])
        records.owe([a_notice(entry().about), a_notice(entry("TTE-2").about), a_notice("TTE-1")])
        for _ in range(2):
            records.forget_certificate("contoh", "TTE-1")
        assert ids(records) == ["TTE-2"]
        assert sorted(owed.about for owed in records.unsent()) == ["TTE-1", entry("TTE-2").about]

    def test_entries_are_found_by_their_end_and_no_others_are_read(self, records: Records) -> None:
        ends = {"C": date(2028, 8, 3), "A": date(2028, 8, 3), "B": date(2027, 1, 1), "D": None}
        for id, day in ends.items():
            records.keep_certificates([entry(id, valid_until=day)])
        records.keep_certificates([entry("E"), entry("F", service="lain")])
        records.keep_certificates([revoked(entry("E"))])

        def found(**asked: Any) -> list[str]:
            return [each.id for each in records.certificates_by_end("contoh", **asked)]

        assert found() == ["B", "A", "C", "D"]
        assert found(most=2) == ["B", "A"]
        assert found(after=entry("A").place, most=1) == ["C"]
        assert found(after="2027-01-01", until=date(2028, 8, 3)) == ["B", "A", "C"]
        assert found(after="2027-01-02", until=date(2028, 8, 2)) == []
        assert found(until=date(2027, 1, 1)) == ["B"]
        assert found(after="2028-08-04") == ["D"]
        assert (found(ended_by="revoke"), found(ended_by="replace")) == (["E"], [])
        assert found(ended_by="revoke", until=date(2026, 8, 2)) == []
        assert list(records.certificates_by_end("contoh", "revoke")) == [revoked(entry("E"))]

    def test_entries_are_found_before_a_place_nearest_last(self, records: Records) -> None:
        ends = {"C": date(2028, 8, 3), "A": date(2028, 8, 3), "B": date(2027, 1, 1), "D": None}
        records.keep_certificates([entry(id, valid_until=day) for id, day in ends.items()])

        def found(before: str, **asked: Any) -> list[str]:
            return [each.id for each in records.certificates_by_end("contoh", before=before, **asked)]

        last = entry("D", valid_until=None).place
        assert found(last) == ["B", "A", "C"]
        assert found(last, most=2) == ["A", "C"]
        assert found(last, most=3) == ["B", "A", "C"]
        assert found(entry("C").place, most=1) == ["A"]
        assert found(entry("C").place, after="2027-01-02") == ["A"]
        assert found(entry("C").place, until=date(2027, 12, 31)) == ["B"]
        assert found("2028-08-03") == ["B"]
        assert found(entry("B", valid_until=date(2027, 1, 1)).place) == []
        assert found(last, ended_by="revoke") == []
        assert found(entry("B", valid_until=date(2027, 1, 1)).place, after="2028-08-04") == []
        assert found(entry("C").place, after=entry("C").place) == []

    def test_entries_are_found_by_their_holder_as_he_is_known_now(self, records: Records) -> None:
        records.keep_certificates([entry("A"), entry("B", number="", email="wati@x.go.id"), entry("C", service="lain")])
        records.keep_certificates([entry("D", number="", email="siti@tarakankota.go.id")])

        def held(number: str, email: str) -> list[str]:
            return sorted(each.id for each in records.certificates_of("contoh", number, email))

        assert held("199001012015012001", "") == ["A"]
        assert held("199001012015012001", "Siti@tarakankota.go.id") == ["A", "D"]
        assert held("", "wati@x.go.id") == ["B"]
        assert held("", "") == held("1", "x@x.go.id") == []
        new = {"email": "wati@tarakankota.go.id", "number": "198501012010012001"}
        wati = next(records.certificates_of("contoh", "", "wati@x.go.id"))
        records.keep_certificates([wati.change(new, {"reason": "a"}, on=TODAY, by=BY, at=AT, today=TODAY)])
        assert held("", "wati@x.go.id") == []
        assert held("198501012010012001", "") == held("", "wati@tarakankota.go.id") == ["B"]
        records.forget_certificate("contoh", "B")
        assert held("198501012010012001", "wati@tarakankota.go.id") == []

    def test_what_is_filed_already_stays_as_it_is(self, records: Records) -> None:
        records.keep_certificates([entry()])
        assert records.refile_certificates("contoh") == 0
        assert list(records.certificates("contoh")) == [entry()]
