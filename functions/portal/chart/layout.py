"""Where the shapes of the flowchart stand: ``across`` in lanes, for wide screens and paper, or ``down`` one column."""

from portal.chart.column import Column
from portal.chart.flowchart import Chart, Place
from portal.chart.lanes import Lanes
from portal.core.sop import Sop


def across(sop: Sop, place: Place | None = None, beyond: bool = True) -> Chart:
    """One lane for each actor, steps from top to bottom."""
    return Lanes(sop, place, beyond).chart()


def down(sop: Sop, place: Place | None = None, beyond: bool = True) -> Chart:
    """One column as wide as a small phone, the actor named in each shape."""
    return Column(sop, place, beyond).chart()
