"""The SOP's own record for everybody, as a page and as CSV: holders per office, outcomes, minutes per step.

No figure of one or two is told, nor one from which it follows (``core.figures``).
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from portal.core import figures
from portal.core.recap import Recap, StepTime, summarise
from portal.core.register import soon
from portal.core.sop import APPLICANT, Sop
from portal.usecases.compilation import read_sums
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
    """Rows per month, per office and per step, parted by empty lines; of all services.

    Semicolons and a byte order mark, as spreadsheets set to Indonesian expect.
    """
    services = here().office.services
    return _table(list(services), "rekap" if len(services) > 1 else f"rekap-{services.first.service}")


@pages.get("/rekap/<service:service>.csv")
def table_of_one(service: str) -> Response:
    return _table([here().office.services[service]], f"rekap-{service}")


# --- within ----------------------------------------------------------------------------------------------------------


def _page(edition: Sop) -> str:
    asked = _asked(edition)
    office_label, office = _offices(edition)
    return render_template(
        "recap/show.html",
        said=asked.said,
        total=asked.said.of_month(asked.month),
        picture=_picture,
        holders=figures.holders(asked.whole),
        done=figures.done(asked.said),
        times=_times(asked, edition),
        waits=asked.recap.waits if asked.is_told else {},
        month=asked.month,
        months=asked.months,
        open_cases=_open_cases(edition),
        edition=edition,
        soon=soon(edition),
        office=office,
        office_label=office_label,
        here="/rekap" if len(here().office.services) == 1 else f"/rekap/{edition.service}",
    )


def _overview() -> str:
    found = [(edition, _asked(edition)) for edition in here().office.services]
    months = sorted({month for _, each in found for month in each.months}, reverse=True)
    wanted = request.args.get("bulan", "")
    return render_template(
        "recap/overview.html",
        recaps=[
            (edition, each.said.of_month(each.month))
            for edition, each in found
            if each.month == wanted or wanted not in months
        ],
        month=wanted if wanted in months else "",
        months=months,
        waiting=sum(count for edition, _ in found for _, count in _open_cases(edition)),
    )


def _table(editions: Sequence[Sop], file: str) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    months = {_write(writer, edition, several=len(editions) > 1) for edition in editions}
    name = "-".join(filter(None, (file, *months)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _write(writer: Any, edition: Sop, several: bool) -> str:
    """The rows of one service, under its name where there are several; returns the month chosen."""
    words, asked = here().messages["recap"], _asked(edition)
    office_label, office = _offices(edition)
    if several:
        writer.writerow([_plain(edition.data["title"])])
    writer.writerow([words["month"], *words["columns"]])
    writer.writerows([line.of, *_cells(line.told, words)] for line in asked.said.months if asked.month in ("", line.of))
    if not asked.month:
        writer.writerow([])
        writer.writerow([office_label, *words["columns"]])
        writer.writerows([_plain(office(line.of)), *_cells(line.told, words)] for line in asked.said.offices)
    writer.writerow([])
    writer.writerow(words["step_columns"])
    for time, is_told in _times(asked, edition):
        spent = [time.average, time.median] if is_told else [words["untold"] if time.cases else 0, ""]
        step = edition.step(time.step)
        standard = edition.time(step) if time.standard is None else time.standard
        writer.writerow([_plain(step.name), standard, *spent])
    if several:
        writer.writerow([])
    return asked.month


def _cells(told: figures.Told, words: Mapping[str, Any]) -> list[int | str]:
    counts = (told[measure] for measure in words["measures"])
    return [words["untold"] if count is None else count for count in counts]


class _Asked(NamedTuple):
    """Attributes:
    whole: the recap of all months, of which ``said`` may be told.
    recap: of the month chosen, or of all.
    """

    months: Sequence[str]
    month: str
    whole: Recap
    said: figures.Public
    recap: Recap

    @property
    def is_told(self) -> bool:
        """May be told how long its cases took?"""
        return self.said.of_month(self.month)["done"] is not None


def _asked(edition: Sop) -> _Asked:
    """What a service's sums say today, of all months and of the one chosen."""
    office = here().office
    sums = read_sums(office, edition.service)
    whole = summarise(sums.tallies, edition, office.today())
    said, month = figures.public(whole), request.args.get("bulan", "")
    if month not in sums.months:
        return _Asked(sums.months, "", whole, said, whole)
    chosen = read_sums(office, edition.service, month)
    return _Asked(sums.months, month, whole, said, summarise(chosen.tallies, edition, office.today()))


def _picture(found: Sequence[tuple[str, int | None, str, int | None]], name: str, title: str) -> Markup:
    """Bars, each a label, an amount, its words and what to compare it with (``chart.bars.Bar``)."""
    from portal.chart.bars import Bar, bars  # with this page, and not when the first lookup of a status waits

    return Markup(bars([Bar(*each) for each in found], name, title))  # noqa: S704 - escapes what it says


def _times(asked: _Asked, edition: Sop) -> list[tuple[StepTime, bool]]:
    """Those of the steps at which the office acts: how long an applicant took over the form is nobody's record.

    Each with whether it may be told: what one or two cases took may not."""
    times = [time for time in asked.recap.steps if edition.step(time.step).role != edition.applying.key]
    return [(time, asked.is_told and bool(figures.told(time.cases))) for time in times]


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
