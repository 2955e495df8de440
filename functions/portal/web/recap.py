"""The SOP's own record for everybody, as a page and as CSV: holders per office, outcomes, minutes per step."""

import csv
import io
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, render_template, request

from portal.compilation import Sums, read_sums
from portal.core.recap import Recap, StepTime, summarise
from portal.core.sop import APPLICANT
from portal.web.here import here

pages = Blueprint("recap", __name__)

# What a spreadsheet would take for a formula when it opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/rekap")
def show() -> str:
    """Totals, then tables; ``?bulan=2026-11`` for one month."""
    sums, recap = _asked()
    office_label, office = _offices()
    return render_template(
        "recap/show.html",
        recap=recap,
        times=_times(recap),
        month=sums.month,
        months=sums.months,
        open_cases=_open_cases(),
        edition=here().office.sop,
        office=office,
        office_label=office_label,
    )


@pages.get("/rekap.csv")
def table() -> Response:
    """One row per month and office, and below an empty line one per step with its minutes.

    Semicolons and a byte order mark, as spreadsheets set to Indonesian expect.
    """
    sums, recap = _asked()
    office_label, office = _offices()
    words = here().messages["recap"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.format(office=office_label) for column in words["columns"])
    for row in recap.rows:
        counts = [row.outcomes.get(outcome, 0) for outcome in words["outcomes"]]
        writer.writerow([row.month, _plain(office(row.office)), *counts, row.returns, row.holders])
    writer.writerow([])
    writer.writerow(words["step_columns"])
    for time in _times(recap):
        name = _plain(here().office.sop.step(time.step).name)
        spent = [time.average, time.median] if time.cases else ["", ""]
        writer.writerow([name, time.standard, time.cases, *spent])
    name = "-".join(filter(None, ("rekap", here().office.sop.service, sums.month)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _asked() -> tuple[Sums, Recap]:
    """The sums of the month chosen, or of all, and what they say today."""
    office = here().office
    sums = read_sums(office, request.args.get("bulan", ""))
    return sums, summarise(sums.tallies, office.sop, office.today())


def _times(recap: Recap) -> list[StepTime]:
    """Those of the steps at which the office acts: how long an applicant took over the form is nobody's record."""
    sop = here().office.sop
    return [time for time in recap.steps if sop.step(time.step).role != sop.applying.key]


def _open_cases() -> list[tuple[str, int]]:
    """(who has to act, how many cases wait for that now), in the order of the SOP's table."""
    office = here().office
    applying, roles = office.sop.applying.key, (*office.sop.roles, *office.sop.either)
    waiting = office.records.count_waiting
    return [(role.label, waiting(APPLICANT if role.key == applying else role.key)) for role in roles]


def _offices() -> tuple[str, Callable[[str], str]]:
    """What the form calls the field of the office, and an office's name from its list; what was typed stays itself."""
    words = here().office.words
    form, field = words.form, words.sop.applicant["office"]
    return form.fields[field].label, partial(form.label, field)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
