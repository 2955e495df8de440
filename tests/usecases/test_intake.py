"""A draft that is kept although the answer was lost: whoever tries again meets his own doing."""

from typing import Any

import pytest

from portal.core.draft import Draft
from portal.core.errors import Conflict
from tests.support.stage import PAPER, Stage


def lose_the_next_answer(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next draft is written, and whoever wrote it is told that somebody was faster: it was himself."""
    save, lost = stage.records.save_draft, iter([True])

    def saved(draft: Draft, *owed: Any) -> None:
        save(draft, *owed)
        if next(lost, False):
            raise Conflict("draft_changed")

    monkeypatch.setattr(stage.office.records, "save_draft", saved)


def upload(stage: Stage, draft: Draft, kind: str) -> str:
    """A file that has arrived; returns the token that reports it."""
    _, finish = stage.bringing.upload_form(draft, kind, str)
    key = stage.office.links.read("finish", finish, stage.clock())["f"]
    stage.office.files.write(key, PAPER, "application/octet-stream")
    return finish


def test_a_document_whose_writing_was_tried_twice_is_not_taken_for_an_old_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = stage.draft(kinds=())
    kind = stage.office.services.first.requirements[0].key
    for _ in range(2):  # the first, and one in its place
        finish = upload(stage, draft, kind)
        lose_the_next_answer(stage, monkeypatch)
        taken = stage.bringing.accept(draft.id, finish)
        monkeypatch.undo()
        assert stage.intake.draft(draft.id).document(kind) == taken
        assert stage.office.files.read(taken.key, taken.version)


def test_answers_whose_writing_was_tried_twice_are_nobody_elses(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = stage.draft(kinds=())
    lose_the_next_answer(stage, monkeypatch)
    stage.intake.answer(draft.id, {"jabatan": "Arsiparis"}, ["jabatan"], over=draft.form)
    assert stage.intake.draft(draft.id).form["jabatan"] == "Arsiparis"
