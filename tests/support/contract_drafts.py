"""What every engine's records must do with drafts."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.errors import Conflict, NotFound
from portal.engines.ports import Records
from tests.support.builders import (
    AT,
    a_notice,
    a_ticket,
    application,
    draft,
    owed_by,
)
from tests.support.commits import Open, at_once, change


class DraftsContract:
    def test_a_draft_comes_back_as_it_was_saved(self, records: Records, open_records: Open) -> None:
        kinds = [draft(), draft(documents=()), draft(mends=a_ticket(), items=("ktp", "nip"))]
        kinds += [draft(batch="d3", members=("d1", a_ticket())), draft(batch="d3")]
        for number, made in enumerate(kinds):
            kept = replace(made, id=f"d{number}")
            records.save_draft(kept)
            assert open_records().load_draft(kept.id) == kept

    def test_an_unknown_draft_is_not_found(self, records: Records) -> None:
        with pytest.raises(NotFound) as caught:
            records.load_draft("a1")
        assert caught.value.code == "draft_unknown"

    @pytest.mark.parametrize(("kept", "saved"), [(0, 2), (1, 1), (1, 3), (2, 1), (2, 2)])
    def test_a_draft_is_saved_only_over_the_version_before_it(self, records: Records, kept: int, saved: int) -> None:
        for version in range(1, kept + 1):
            records.save_draft(draft(version=version))
        with pytest.raises(Conflict) as caught:
            records.save_draft(draft(version=saved, form={"opd": "lain"}), [a_notice("a1")])
        assert caught.value.code == "draft_changed"
        assert list(records.unsent()) == []
        with contextlib.suppress(NotFound):
            assert records.load_draft("a1") == draft(version=kept)

    def test_of_many_savings_at_once_exactly_one_is_kept(self, records: Records, open_records: Open) -> None:
        records.save_draft(draft())
        handles = [open_records() for _ in range(6)]
        outcomes = at_once(6, lambda number: handles[number].save_draft(draft().with_form({"opd": str(number)})))
        assert outcomes.count("draft_changed") == 5
        assert records.load_draft("a1").form == {"opd": str(outcomes.index(None))}

    def test_saving_a_draft_owes_its_email_in_the_same_transaction(self, records: Records) -> None:
        records.save_draft(draft(), [a_notice("a1", event=0)])
        assert [n.about for n in records.unsent()] == ["a1"]

    def test_a_case_and_the_draft_it_came_from_are_written_together(self, records: Records) -> None:
        records.save_draft(draft())
        case = application()
        records.commit(change(case, draft=draft().sent_as(case.ticket)))
        assert records.load_draft("a1").ticket == case.ticket

    def test_a_draft_that_has_moved_on_keeps_the_case_from_being_written(self, records: Records) -> None:
        records.save_draft(draft())
        sent = draft().sent_as(a_ticket())
        records.save_draft(draft().with_form({"opd": "lain"}))
        case = application()
        with pytest.raises(Conflict) as caught:
            records.commit(change(case, draft=sent, notices=owed_by(case)))
        assert caught.value.code == "draft_changed"
        with pytest.raises(NotFound):
            records.load(case.ticket)
        assert list(records.unsent()) == []

    def test_drafts_are_found_by_age_oldest_first(self, records: Records) -> None:
        for id, hours in (("younger", 2), ("oldest", 9), ("young", 1), ("older", 4)):
            records.save_draft(draft(id=id, created_at=AT - timedelta(hours=hours)))
        assert [found.id for found in records.drafts_before(AT - timedelta(hours=2))] == ["oldest", "older"]

    def test_a_draft_is_forgotten_also_twice(self, records: Records) -> None:
        records.save_draft(draft())
        records.delete_draft("a1")
        records.delete_draft("a1")
        with pytest.raises(NotFound):
            records.load_draft("a1")
