"""Does how long an answer takes tell a stranger what its words do not? Processor time of each question about what is
there and about what is not, asked in turn, as ``make proof`` writes it. Never a test: a machine has its moods.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from portal.core.application import Actor
from portal.core.clerks import CLERK
from portal.core.erasing import Ground
from tests.support.builders import a_number_nobody_has
from tests.support.once import worked_out_once
from tests.support.sessions import SOMEBODY
from tests.support.stage import KADIS, Stage, StillClock
from tests.support.ways import EMAIL, WAYS

ROUNDS: Final = 1500
DRAWN: Final = 1000
"""Times that the measurements are drawn again from themselves, to see how far the difference would lie elsewhere."""

TELLS: Final = 0.05
"""A difference that is certainly larger, as a part of what the question takes."""

NOBODY: Final = "orang{}@tarakankota.go.id"
"""Each is asked for once: who asks for the same address again within an hour has nothing written."""

ERASED: Final = {"nik": "6473010505850002", "nip": "198505052010051006", "email": "wati@tarakankota.go.id"}
"""Whose case is erased before anybody asks for it."""

Ask = Callable[[], Any]


@dataclass
class Question:
    """
    Attributes:
        there, not_there: how it is asked.
        public: may the answer be told by it, as everybody knows it, or only whoever has a key may ask so?
    """

    name: str
    there: Ask
    not_there: Ask
    public: bool = False
    took: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})

    def difference(self) -> tuple[float, float, float]:
        """Of the medians, as a part of that of what is not there; and where 99 of 100 lie when drawn again."""
        chance, drawn = random.Random(1), []
        for _ in range(DRAWN):
            there, not_there = (chance.choices(self.took[which], k=len(self.took[which])) for which in (True, False))
            drawn.append(_part(there, not_there))
        drawn.sort()
        return _part(self.took[True], self.took[False]), drawn[DRAWN // 200], drawn[-DRAWN // 200]


def _part(there: Sequence[float], not_there: Sequence[float]) -> float:
    without = statistics.median(not_there)
    return (statistics.median(there) - without) / without


def table(rounds: int = ROUNDS) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, worked_out_once():
        stage = Stage(Path(folder) / "data", StillClock())
        asked = questions(stage)
        ask(asked, rounds, stage.clock.forward)
        stage.close()
    yield f"Each asked {rounds:,} times about what is there, and as often about what is not."
    yield ""
    yield "| Question | ms | there takes longer by | 99 % of it drawn again | |\n|---|---:|---:|---|---|"
    for each in asked:
        middle, least, most = each.difference()
        tells = least > TELLS or most < -TELLS
        verdict = "**tells**" if tells and not each.public else "may tell" if tells else ""
        ms = statistics.median(each.took[False]) * 1000
        yield f"| {each.name} | {ms:.1f} | {middle:+.1%} | {least:+.1%} to {most:+.1%} | {verdict} |"


def ask(questions: Sequence[Question], rounds: int, forward: Callable[..., None]) -> None:
    """All of them, round by round, each time in another order; an hour goes by in between, as an email may be asked for
    once in an hour."""
    chance = random.Random(20261127)
    turns = [(each, which) for each in questions for which in (True, False)]
    for number in range(rounds + 5):
        chance.shuffle(turns)
        for question, which in turns:
            begun = time.thread_time()
            (question.there if which else question.not_there)()
            took = time.thread_time() - begun
            if number >= 5:  # templates are compiled by then
                question.took[which].append(took)
        forward(hours=1)
        if number % 100 == 0:
            print(f"timing: {number} of {rounds} rounds", file=sys.stderr)


def questions(stage: Stage) -> Sequence[Question]:
    case, other = stage.case("confirm"), stage.case("confirm", **SOMEBODY)
    draft = stage.draft().id
    withdrawn, erased = (stage.case(*WAYS["withdrawn"], **changes) for changes in ({}, ERASED))
    by = Actor(CLERK, "Rina Contoh", "Petugas", "rina@tarakankota.go.id")
    stage.house.erasing.erase(stage.house.dossiers.find(erased), Ground.UNUSED, "Surat 1.", by)
    nobody, no_draft = a_number_nobody_has(), "0" * 32
    clients = iter(range(1 << 24))
    keys = stage.browser()
    long = timedelta(days=9999).days

    def get(path: str, browser: Any = None) -> Any:
        return (browser or _stranger(stage, next(clients))).get(path)

    def post(path: str, **form: str) -> Any:
        number = next(clients)
        said = {name: value.format(number) for name, value in form.items()}
        return _stranger(stage, number).post(path, data=said)

    get(f"/permohonan/{stage.sign('permohonan', {'t': other}, days=long)}", keys)

    def pages(name: str, path: str, browser: Any = None, *, public: bool = False) -> Question:
        return Question(
            name, lambda: get(path.format(case), browser), lambda: get(path.format(nobody), browser), public
        )

    def forms(
        name: str, path: str, there: dict[str, str], not_there: dict[str, str], *, public: bool = False
    ) -> Question:
        return Question(name, lambda: post(path, **there), lambda: post(path, **not_there), public)

    def signed(number: str, bend: str = "", *, expired: bool = False) -> str:
        token = stage.sign("permohonan", {"t": number}, days=-1 if expired else long)
        return f"/permohonan/{token[: -len(bend) or None]}{bend}"

    def again(number: str) -> Ask:
        token = signed(number, expired=True).rpartition("/")[2]
        return lambda: post("/tautan", halaman="permohonan", token=token)

    mine, bent = {which: signed(which) for which in (case, nobody)}, {w: signed(w, "xyz") for w in (case, nobody)}
    clerk = stage.office.services.office["email"]
    return (
        pages("status of a ticket, which is public", "/status/{}", public=True),
        pages("an applicant's case, without a key", "/permohonan/{}"),
        pages("the same with the key of another case", "/permohonan/{}", keys),
        pages("an official's case, without a key", "/telaah/{}"),
        pages("a clerk's case, without a key", "/petugas/permohonan/{}"),
        Question(
            "a draft, without a key", lambda: get(f"/ajukan/{draft}/data"), lambda: get(f"/ajukan/{no_draft}/data")
        ),
        Question("a link whose signature is wrong", lambda: get(bent[case]), lambda: get(bent[nobody])),
        Question(
            "a genuine link, which only the portal makes", lambda: get(mine[case]), lambda: get(mine[nobody]), True
        ),
        forms(
            "a lost link: a ticket, which is public", "/tautan", _lost(case, NOBODY), _lost(nobody, NOBODY), public=True
        ),
        forms("a lost link: the address of a case", "/tautan", _lost(case, EMAIL), _lost(case, NOBODY)),
        forms("a lost ticket: an address with cases", "/tautan", {"email": EMAIL}, {"email": NOBODY}),
        forms(
            "a lost link: an official of a case",
            "/tautan",
            _lost(case, KADIS, "telaah"),
            _lost(case, NOBODY, "telaah"),
        ),
        forms(
            "a lost link: an official's desk",
            "/tautan",
            *({"halaman": "meja", "email": each} for each in (KADIS, NOBODY)),
        ),
        Question("an old link: a case, or what is left of one that was erased", again(withdrawn), again(erased)),
        forms("a clerk who comes in", "/petugas/masuk", {"email": clerk}, {"email": NOBODY}),
        Question(
            "a code for a case, without a key",
            lambda: post(f"/telaah/{case}/kode", kode="123456"),
            lambda: post(f"/telaah/{nobody}/kode", kode="123456"),
        ),
    )


def _stranger(stage: Stage, number: int) -> Any:
    """Each at an address of his own, so that none asks too often."""
    return stage.browser(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def _lost(ticket: str, email: str, page: str = "permohonan") -> dict[str, str]:
    return {"tiket": ticket, "email": email, "halaman": page}


if __name__ == "__main__":
    print(*table(int(sys.argv[1])), sep="\n")
