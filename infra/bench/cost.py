"""What use of AWS costs, by ``prices.toml``. Pure arithmetic: prices and amounts in, US$ and tables out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bench.tables import amount, table

PRICES: Final = Path(__file__).with_name("prices.toml")

Use = Mapping[str, float]
"""How much of what: amounts by the names of ``prices.toml``."""


@dataclass(frozen=True)
class Price:
    """``usd`` for ``per`` of a unit; ``where`` it was seen and when, ``check`` where that was not Jakarta's own."""

    usd: float
    per: float
    unit: str
    page: str
    seen: date
    where: str
    check: bool = False

    def of(self, much: float) -> float:
        """US$"""
        return much / self.per * self.usd


def prices(path: Path = PRICES) -> dict[str, Price]:
    read = tomllib.loads(path.read_text("utf-8"))
    return {name: Price(**{"where": entry.pop("in"), **entry}) for name, entry in read.items()}


def total(use: Use, at: Mapping[str, Price]) -> float:
    """US$. Raises KeyError for what has no price: nothing is to be forgotten."""
    return sum(at[name].of(much) for name, much in use.items())


def unsure(use: Use, at: Mapping[str, Price]) -> float:
    """US$ of the total that rest on prices still to be checked."""
    return sum(at[name].of(much) for name, much in use.items() if at[name].check)


def bill(use: Use, at: Mapping[str, Price]) -> str:
    """One line per kind of use, dearest first, and the sum."""
    dearest = sorted(use, key=lambda name: (-at[name].of(use[name]), name))
    rows = [
        [
            at[name].unit,
            amount(use[name]),
            f"{amount(at[name].usd)} / {amount(at[name].per)}",
            f"{at[name].of(use[name]):.4f}",
            "to be checked" if at[name].check else "",
        ]
        for name in dearest
    ]
    sum_row = ["**sum**", "", "", f"**{total(use, at):.2f}**", f"{unsure(use, at):.2f} to be checked"]
    return table(["unit", "amount", "US$ / per", "US$", "price"], [*rows, sum_row])


def sources(at: Mapping[str, Price]) -> str:
    """Where each price is from."""
    rows = [
        [f"{amount(price.usd)} / {amount(price.per)} {price.unit}", price.page, price.where, price.seen]
        for price in at.values()
    ]
    return table(["US$", "page of AWS", "seen in or for", "on"], rows)
