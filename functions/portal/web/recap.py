"""The SOP's own record for everybody, as a page and as CSV: holders per office, outcomes, minutes per step."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from portal.compilation import Sums, read_sums
from portal.core import figures
from portal.core.recap import Recap, StepTime, summarise
from portal.core.register import soon
from portal.core.sop import APPLICANT, Sop
from portal.web.here import here, turn_to

pages = Blueprint("recap", __name__)

# What a spreadsheet would take for a formula when it opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/rekap")
def show() -> str:
    """Totals, then tables; ``?bulan=2026-11`` for one month. Of several services, their totals beside one another."""
    services = here().office.services
    return _page(services.first) if len(services) == 1 else _overview()


@pages.get("/rekap/<service:service>")
def show_one(service: str) -> str:
    return _page(turn_to(service))


@pages.get("/rekap.csv")
def table() -> Response:
    """One row per month and office, and below an empty line one per step with its minutes; of all services.

    Semicolons and a byte order mark, as spreadsheets set to Indonesian expect.
    """
    services = here().office.services
    return _table(list(services), "rekap" if len(services) > 1 else f"rekap-{services.first.service}")


@pages.get("/rekap/<service:service>.csv")
def table_of_one(service: str) -> Response:
    return _table([here().office.services[service]], f"rekap-{service}")


# --- within ----------------------------------------------------------------------------------------------------------


def _page(edition: Sop) -> str:
    sums, recap = _asked(edition)
    office_label, office = _offices(edition)
    return render_template(
        "recap/show.html",
        recap=recap,
        picture=_picture,
        holders=figures.holders(recap),
        closed=figures.closed(recap),
        told=figures.told,
        times=_times(recap, edition),
        month=sums.month,
        months=sums.months,
        open_cases=_open_cases(edition),
        edition=edition,
        soon=soon(edition),
        office=office,
        office_label=office_label,
        here="/rekap" if len(here().office.services) == 1 else f"/rekap/{edition.service}",
    )


def _overview() -> str:
    told = [(edition, *_asked(edition)) for edition in here().office.services]
    months = sorted({month for _, sums, _ in told for month in sums.months}, reverse=True)
    asked = request.args.get("bulan", "")
    return render_template(
        "recap/overview.html",
        recaps=[(edition, recap) for edition, sums, recap in told if sums.month == asked or asked not in months],
        month=asked if asked in months else "",
        months=months,
        waiting=sum(count for edition, _, _ in told for _, count in _open_cases(edition)),
    )


def _table(editions: Sequence[Sop], file: str) -> Response:
    words = here().messages["recap"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    months = {_write(writer, edition, words, several=len(editions) > 1) for edition in editions}
    name = "-".join(filter(None, (file, *months)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _write(writer: Any, edition: Sop, words: Mapping[str, Any], several: bool) -> str:
    """The rows of one service, under its name where there are several; returns the month chosen."""
    sums, recap = _asked(edition)
    office_label, office = _offices(edition)
    if several:
        writer.writerow([_plain(edition.data["title"])])
    writer.writerow(column.format(office=office_label) for column in words["columns"])
    for row in recap.rows:
        counts = [row.outcomes.get(outcome, 0) for outcome in words["outcomes"]]
        writer.writerow([row.month, _plain(office(row.office)), *counts, row.returns, row.holders])
    writer.writerow([])
    writer.writerow(words["step_columns"])
    for time in _times(recap, edition):
        spent = [time.average, time.median] if time.cases else ["", ""]
        step = edition.step(time.step)
        standard = edition.time(step) if time.standard is None else time.standard
        writer.writerow([_plain(step.name), standard, time.cases, *spent])
    if several:
        writer.writerow([])
    return sums.month


def _asked(edition: Sop) -> tuple[Sums, Recap]:
    """A service's sums of the month chosen, or of all, and what they say today."""
    office = here().office
    sums = read_sums(office, edition.service, request.args.get("bulan", ""))
    return sums, summarise(sums.tallies, edition, office.today())


def _picture(found: Sequence[tuple[str, int | None, str, int | None]], name: str, title: str) -> Markup:
    """Bars, each a label, an amount, its words and what to compare it with (``chart.bars.Bar``)."""
    from portal.chart.bars import Bar, bars  # with this page, and not when the first lookup of a status waits

    return Markup(bars([Bar(*each) for each in found], name, title))  # noqa: S704 - escapes what it says


def _times(recap: Recap, edition: Sop) -> list[StepTime]:
    """Those of the steps at which the office acts: how long an applicant took over the form is nobody's record."""
    return [time for time in recap.steps if edition.step(time.step).role != edition.applying.key]


def _open_cases(edition: Sop) -> list[tuple[str, int]]:
    """(who has to act, how many cases wait for that now), in the order of the SOP's table."""
    applying, count = edition.applying.key, partial(here().office.records.count_waiting, edition.service)
    roles = (*edition.roles, *edition.either)
    return [(role.label, count(APPLICANT if role.key == applying else role.key)) for role in roles]


def _offices(edition: Sop) -> tuple[str, Callable[[str], str]]:
    """What the form calls the field of the office, and an office's name from its list; what was typed stays itself."""
    form, field = here().office.words(edition.service).form, edition.applicant["office"]
    return form.fields[field].label, partial(form.label, field)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
