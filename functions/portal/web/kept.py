"""What a page is made of once and shown to many: bounded, in memory, for one process."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Final, Generic, TypeVar

from markupsafe import Markup, escape

from portal.chart import flowchart, layout
from portal.chart.svg import svg
from portal.core.sop import Sop
from portal.core.steps import State

Made = TypeVar("Made")

CHARTS: Final = 100
"""Of some 20 KB each; an edition has about a dozen places that a case can be at."""

ANSWERS: Final = 200
"""Status pages, of some 40 KB each."""


FRAMES: Final = 200
"""Bars and feet, of some 5 KB each: for each service, two for each place that they mark."""


class Kept(Generic[Made]):
    """At most so many; the one that was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, tuple[object, Made]] = OrderedDict()

    def of(self, key: Hashable, mark: object, make: Callable[[], Made]) -> Made:
        """What was made for this key and mark, made now if it was not; of a key only the newest mark's is kept."""
        found = self._made.pop(key, None)
        if found is None or (found[0] is not mark and found[0] != mark):
            found = mark, make()
        self._made[key] = found
        while len(self._made) > self._most:
            self._made.popitem(last=False)
        return found[1]


class Charts:
    """The SOP's chart with a place marked: drawing it takes as long as all else of a page."""

    def __init__(self) -> None:
        self._kept = Kept[Mapping[str, str]](CHARTS)

    def of(self, edition: Sop, step: str, state: State) -> Mapping[str, str]:
        """For wide screens (``across``) and narrow (``down``); and what is outside of it (``outside``, ``words``)."""
        # Editions of one version may differ in what is the office's own (``sop.restore``).
        key = edition.service, edition.version, step, state
        return self._kept.of(key, id(edition), lambda: _drawn(edition, step, state))


def _drawn(edition: Sop, step: str, state: State) -> Mapping[str, str]:
    place = flowchart.place_of(edition, step, state)
    across = svg(layout.across(edition, place), "bagan-lebar", "flow-across")
    down = svg(layout.down(edition, place), "bagan-tegak", "flow-down")
    # The drawing escapes what it says itself.
    said = {"outside": escape(place.outside), "words": place.words}
    return {"across": Markup(across), "down": Markup(down), **said}  # noqa: S704
