"""What becomes of a case as a table of one page, and people who do at random what they may and what they may not.

The portal is held against it after every deed, on both engines.
"""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Final

from portal.core.errors import PortalError
from portal.usecases.stocktaking import Stocktaking
from tests.support.stage import KADIS, Stage
from tests.support.ways import SAYS

CLOSED: Final = ("rejected telaah_kadis", "withdrawn", "lapsed pengajuan", "done penyerahan")
AWAY: Final = {"withdraw": "withdrawn"}
MODEL: Final[Mapping[str, Mapping[str, str]]] = {
    "unconfirmed pengajuan": {"confirm": "waiting telaah_kadis", "lapse": "lapsed pengajuan"},
    "waiting telaah_kadis": {
        "forward": "waiting telaah_kabid", "return": "returned telaah_kadis", "reject": "rejected telaah_kadis", **AWAY,
    },
    "returned telaah_kadis": {"resubmit": "waiting telaah_kadis", **AWAY},
    "waiting telaah_kabid": {"forward": "waiting pendataan", **AWAY},
    "waiting pendataan": {"forward": "waiting pemeriksaan", **AWAY},
    "waiting pemeriksaan": {"dispatch": "sent pemeriksaan", **AWAY},
    "sent pemeriksaan": {"refuse": "waiting pemeriksaan", "accept": "waiting passphrase"},
    "waiting passphrase": {"invite": "invited passphrase"},
    "invited passphrase": {"book": "booked passphrase"},
    "booked passphrase": {"attend": "waiting penyerahan", "miss": "missed passphrase"},
    "missed passphrase": {"book": "booked passphrase"},
    "waiting penyerahan": {"record": "ready penyerahan"},
    "ready penyerahan": {"hand_over": "done penyerahan"},
    **{state: {} for state in CLOSED},
}  # fmt: skip
"""From where, by which deed, to where. Where a step may do more than this, nothing is said of it here."""

DEEDS: Final = sorted({deed for deeds in MODEL.values() for deed in deeds})
NEVER: Final[Mapping[str, frozenset[str]]] = {
    "unconfirmed pengajuan": frozenset(DEEDS) - {"confirm", "withdraw", "lapse"},
    **{state: frozenset(DEEDS) for state in CLOSED},
}
"""What nobody may do there, whoever he is."""

BY_APPLICANT: Final = frozenset({"confirm", "withdraw", "lapse", "resubmit"})
"""Or by the portal itself."""

TOGETHER: Final = 4
"""Cases under way at one time."""


class Walk:
    """People on one portal who do so many things, as chance has it.

    Attributes:
        done, refused: how many deeds.
        stands: where each case is by the table; ``did``: what was done with it.
    """

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.chance = stage, Random(seed)
        self.done = self.refused = 0
        self.stands: dict[str, str] = {}
        self.did: dict[str, list[str]] = {}

    def go(self, deeds: int) -> None:
        for _ in range(deeds):
            under_way = [number for number in self.did if MODEL[self.stands[number]]]
            if len(under_way) < TOGETHER:
                self._somebody_applies()
                continue
            number = self.chance.choice(under_way)
            self._does(number, self.chance.choice(sorted(MODEL[self.stands[number]])))
            over = self.chance.choice([*self.did])
            if never := NEVER.get(self.stands[over]):
                self._is_refused(over, self.chance.choice(sorted(never)))
                self._is_as_the_table_says(over)
            self._is_as_the_table_says(number)
        self._ends()

    def _somebody_applies(self) -> None:
        number = self.stage.case()
        self.stands[number], self.did[number] = "unconfirmed pengajuan", ["submit"]

    def _does(self, number: str, deed: str) -> None:
        self.stage.act(number, deed)
        self.stands[number] = MODEL[self.stands[number]][deed]
        self.did[number].append(deed)
        self.done += 1

    def _is_refused(self, number: str, deed: str) -> None:
        """Or nothing comes of it, as when a link is opened again; that is not counted."""
        try:
            self._tries(number, deed)
        except PortalError:
            self.refused += 1

    def _tries(self, number: str, deed: str) -> None:
        """Whoever may do such a thing at all: the applicant, the portal, or an official at his own step."""
        case = self.stage.load(number)
        if deed in BY_APPLICANT:
            self.stage.act(number, deed)
        elif deed == "book":
            self.stage.visits.book(case, self.stage.clock() + timedelta(days=1))
        else:
            claims = self.stage.cases.case_claims(case, KADIS) | {"s": "telaah_kadis"}
            self.stage.cases.decide(claims, deed, SAYS.get(deed, {}), case.version)

    def _is_as_the_table_says(self, number: str) -> None:
        case, stands = self.stage.load(number), self.stands[number]
        assert [event.action for event in case.events] == self.did[number]
        assert f"{case.state.value} {case.step}".startswith(stands), self.did[number]
        assert case.is_closed == (stands in CLOSED), self.did[number]

    def _ends(self) -> None:
        told = [mail["subject"] for mail in self.stage.mail()]
        for number in self.did:
            self._is_as_the_table_says(number)
            assert any(number in subject for subject in told), f"nobody heard of {number}"
        assert Stocktaking(self.stage.house.office, self.stage.house.erasing).of_all([*self.did]).amiss == []
