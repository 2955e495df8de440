"""Does what a deed takes grow with the cases stored on one machine? Fills SQLite and asks again: build/growth.md.

    make growth                                     # 10^3, 10^4 and 10^5 closed cases
    make growth GROWTH="--cases 1000 1000000"       # four minutes, and 5 GB in build/

The same few cases are open each time. Counted are SQLite's own instructions, which are the same on a busy machine, and
milliseconds of processor, the best of some tries.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.tables import table

from portal.usecases.compilation import Compilation
from tests.support.clerk import ClerkInPerson
from tests.support.many_cases import Worked, fill, watched
from tests.support.places import ROOT
from tests.support.stage import KADIS, Stage, StillClock
from tests.support.ways import WAYS

INTO: Final = ROOT / "build" / "growth.md"
OPEN: Final = 30
TRIES: Final = 5
LIST: Final = "/petugas/permohonan"
WANTED: Final = 1.2

Found = dict[str, tuple[int, float]]
"""Of each deed, instructions and milliseconds."""


def measured(sizes: Sequence[int]) -> list[Found]:
    found, stored = list[Found](), 0
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, watched() as worked:
        data = Path(folder)
        with closing(Stage(data, StillClock())) as stage:
            closed, done = stage.case(*WAYS["withdrawn"]), stage.case(*WAYS["done"])
            for _ in range(OPEN):
                stage.case("confirm")
            stage.outbox.send_due(1000)
        for number, size in enumerate(sizes):
            began = time.perf_counter()
            fill(data, closed, done, range(stored, size))
            print(f"{size:,} cases after {time.perf_counter() - began:.0f} s", flush=True)
            stored = size
            found.append(_asked(data, worked, days=35 + 7 * number))
            print("asked", flush=True)
    return found


def _asked(data: Path, worked: Worked, days: int) -> Found:
    clock = StillClock()
    clock.forward(days=days)
    found: Found = {}
    with closing(Stage(data, clock)) as stage:
        with stage.records._database.writing() as file:  # what was filled in is in no sum yet
            file.execute("DELETE FROM tally")
        began = time.process_time()
        for chore in stage.clockwork.chores():
            chore()
        found["all chores, once ever: all sums made"] = 0, (time.process_time() - began) * 1000
        stage.outbox.send_due(1000)
    with closing(Stage(data, clock)) as stage:

        def note(name: str, deed: Callable[[], object], tries: int = TRIES) -> None:
            found[name] = _best(worked, deed, tries)

        def chores() -> None:
            for chore in stage.clockwork.chores():
                chore()

        note("all chores after a restart, nothing to do", chores, tries=1)
        note("all chores again", chores)
        waiting = [stage.case("confirm") for _ in range(TRIES)]
        stage.outbox.send_due(1000)
        note("look at the mail, nothing due", stage.outbox.send_due)
        browser, links = stage.browser(), iter(waiting)
        note("status page", lambda: browser.get(f"/status/{waiting[0]}").get_data())
        note("desk of an official", lambda: stage.cases.desk(KADIS))
        note("reminders", stage.clockwork.look_after_cases)
        note("decision", lambda: stage.act(next(links), "forward"))
        note("sums of a night", Compilation(stage.office).compile_recap, tries=1)
        note("recap page", lambda: browser.get("/rekap").get_data())
        note("/sehat", lambda: browser.get("/sehat").get_data())
        for ticket in waiting:
            stage.act(ticket, "withdraw")
        stage.outbox.send_due(1000)
        clerk = ClerkInPerson.at_the_desk(stage)
        page = clerk.get(LIST)
        asked = page.form(LIST)
        note("the clerk's desk", clerk.get)
        note("the clerk's list of all cases", lambda: clerk.get(LIST))
        note("its page of cases that were rejected", lambda: clerk.get(f"{LIST}?keadaan=rejected"))
        note("its page of the oldest month", lambda: clerk.get(f"{LIST}?bulan=2024-01"))
        note("a ticket looked for there", lambda: clerk.browser.submit(page, asked, "Tampilkan", cari=waiting[0]))
        note("a name that nobody has", lambda: clerk.browser.submit(page, asked, "Tampilkan", cari="tiada"))
        clock.forward(days=1)
        note("all chores the next day", chores, tries=1)
    return found


def _best(worked: Worked, deed: Callable[[], object], tries: int) -> tuple[int, float]:
    took, counted = list[float](), list[int]()
    for _ in range(tries):
        began = time.process_time()
        counted.append(worked.during(deed))
        took.append((time.process_time() - began) * 1000)
    return int(statistics.median(counted)), min(took)


def report(sizes: Sequence[int], found: Sequence[Found]) -> str:
    rows = []
    for name in found[0]:
        some = [each[name] for each in found]
        (few, short), (many, long) = some[0], some[-1]
        by_work, by_time = many / few if few else 1.0, long / short if short else 1.0
        cells = [f"{counted:,} / {took:.1f}" for counted, took in some]
        grows = (by_work if few else by_time) > WANTED
        rows.append([name, *cells, f"{by_work:.2f} / {by_time:.2f}", "**no**" if grows else "yes"])
    columns = ["instructions / ms", *(f"{size:,}" for size in sizes), "last to first", f"≤ {WANTED}"]
    return f"# Growth on one machine\n\n{OPEN} cases are open each time.\n\n{table(columns, rows)}\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--cases", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    sizes = options.parse_args().cases
    (ROOT / "build").mkdir(exist_ok=True)
    text = report(sizes, measured(sizes))
    INTO.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
