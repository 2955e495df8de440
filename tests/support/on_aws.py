"""A case of the stage, taken to the engine of AWS by hand."""

from dataclasses import replace
from typing import Any

import requests

from portal.core.application import Application
from portal.core.listing import line
from portal.core.recap import fact
from portal.engines.aws.records import DynamoRecords
from portal.engines.ports import Change, Fact
from portal.office import Office
from tests.support.builders import a_notice
from tests.support.stage import Stage
from tests.support.ways import FORM


def post(form: Any, content: bytes) -> str:
    """Send an upload form as a browser does; returns where it is sent on to."""
    file = {"file": ("ktp.pdf", content, "text/html")}
    return requests.post(form.url, data=form.fields, files=file, allow_redirects=False).headers["Location"]


def written(records: DynamoRecords, case: Application, told: Fact | None = None) -> None:
    for count in range(1, len(case.events) + 1):
        events, last = case.events[:count], count == len(case.events)
        moment = replace(case, events=events, step=events[-1].step, state=events[-1].state)
        records.commit(Change(moment, fact=told if last else None))


def moved(stage: Stage, number: str, office: Office, records: DynamoRecords) -> None:
    """A case of the stage as it would be on AWS, with its files, its draft, its entry and what is owed about it."""
    case, files = stage.load(number), office.files
    for document in case.documents:
        for _ in range(2):  # as one that was mended
            kept = files.write(document.key, FORM["nik"].encode(), "application/pdf")
    case = replace(case, documents=tuple(replace(each, version=kept.version) for each in case.documents))
    sop = stage.office.sop_of(case)
    written(records, case, fact(case, sop, office.calendar))
    records.keep_lines([line(case, sop)])
    records.keep_certificates(list(stage.records.certificates("penerbitan")))
    records.owe([a_notice(number, recipient=FORM["email"], name=FORM["nama_ktp"])])
    records.owe([a_notice(f"register/penerbitan/{number}", recipient=FORM["email"])])
    for draft in stage.records.drafts_before(stage.clock.at):
        records.save_draft(replace(draft, version=1))
        files.write(f"{draft.folder}ktp/1/checked", FORM["nik"].encode(), "application/pdf")
