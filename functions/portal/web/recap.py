"""The SOP's own record for everybody, as a page and as CSV: holders per office, outcomes, minutes per step."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from portal.recap import Recap, summarise
from portal.sop import APPLICANT
from portal.web import rooms

pages = Blueprint("recap", __name__)

# What a spreadsheet would take for a formula when it opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/rekap")
def show() -> str:
    """Totals, then tables; ``?bulan=2026-11`` for one month."""
    facts = list(rooms().portal.records.facts())
    months = _months(facts)
    month = _asked_month(months)
    return render_template(
        "recap/show.html",
        recap=_recap(facts, month),
        month=month,
        months=months,
        open_cases=_open_cases(),
        edition=rooms().portal.sop,
        office=_office,
    )


@pages.get("/rekap.csv")
def table() -> Response:
    """One row per month and office; semicolons and a byte order mark, as spreadsheets set to Indonesian expect."""
    facts = list(rooms().portal.records.facts())
    month = _asked_month(_months(facts))
    words = rooms().messages["recap"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(words["columns"])
    for row in _recap(facts, month).rows:
        counts = [row.outcomes.get(outcome, 0) for outcome in words["outcomes"]]
        writer.writerow([row.month, _plain(_office(row.office)), *counts, row.returns, row.holders])
    name = "-".join(filter(None, ("rekap", rooms().portal.sop.service, month)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _months(facts: list[Mapping[str, Any]]) -> list[str]:
    """The months of which there is something to say, newest first."""
    return sorted({fact["closed"][:7] for fact in facts}, reverse=True)


def _asked_month(months: list[str]) -> str:
    """The month chosen; empty for all of them."""
    month = request.args.get("bulan", "")
    return month if month in months else ""


def _recap(facts: list[Mapping[str, Any]], month: str) -> Recap:
    chosen = [fact for fact in facts if not month or fact["closed"].startswith(f"{month}-")]
    return summarise(chosen, rooms().portal.sop, rooms().portal.today())


def _open_cases() -> list[tuple[str, int]]:
    """(step's name, how many are there now), in the SOP's order."""
    portal = rooms().portal
    roles = dict.fromkeys([APPLICANT, *(role.key for role in portal.sop.roles)])
    at = [application.step for role in roles for application in portal.records.waiting_on(role)]
    return [(step.name, at.count(step.key)) for step in portal.sop.steps]


def _office(value: str) -> str:
    """An office's name, from the form's list; past records keep what was written."""
    portal = rooms().portal
    return portal.application_form().label(portal.sop.applicant["office"], value)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
