"""Writes years of Indonesian public holidays and cuti bersama from the ``holidays`` library into schemas/holidays.toml.

    .venv/bin/python infra/freeze_holidays.py 2028

replaces the named years and leaves all others as they stand: a newer library must never move a day on which somebody
was already promised a visit. Read the difference before committing it, and compare it with the year's SKB 3 Menteri.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import holidays

FILE = Path(__file__).parent.parent / "schemas" / "holidays.toml"

_KINDS = {"public": "libur", "government": "cuti_bersama"}
_ESTIMATED = " (estimated)"


def frozen(text: str, years: Iterable[int]) -> str:
    """Return the file with ``years`` taken anew from the library.

    Args:
        text: the file as it stands; its ``[labels]`` turn the library's English names into ours.
        years: calendar years to replace or add.

    Raises:
        KeyError: the library has a holiday without a label; add one under ``[labels]``.
    """
    parsed, renewed = tomllib.loads(text), frozenset(years)
    kept = [row for row in parsed.get("holiday", []) if row["date"].year not in renewed]
    rows = sorted(kept + taken(parsed["labels"], renewed), key=lambda row: (row["date"], row["kind"]))
    head = text.partition("[[holiday]]")[0].rstrip()
    return "\n\n".join([head, *(_table(row) for row in rows)]) + "\n"


def taken(labels: Mapping[str, str], years: Iterable[int]) -> list[dict[str, object]]:
    """Return the library's holidays of ``years`` as rows of the file, unsorted."""
    rows: list[dict[str, object]] = []
    for category, kind in _KINDS.items():
        calendar = holidays.country_holidays("ID", years=years, categories=(category,), language="en_US")
        for day in calendar:
            for name in calendar.get_list(day):
                label = labels[name.removesuffix(_ESTIMATED)]
                rows.append({"date": day, "name": label, "kind": kind, "estimated": name.endswith(_ESTIMATED)})
    return rows


def _table(row: Mapping[str, object]) -> str:
    return "\n".join(
        [
            "[[holiday]]",
            f"date = {row['date']}",
            f"name = {json.dumps(row['name'], ensure_ascii=False)}",
            f'kind = "{row["kind"]}"',
            f"estimated = {json.dumps(row['estimated'])}",
        ]
    )


def main(arguments: Sequence[str]) -> None:
    """Rewrite the file for the years given on the command line."""
    if not arguments or not all(argument.isdecimal() for argument in arguments):
        sys.exit(__doc__)
    FILE.write_text(frozen(FILE.read_text("utf-8"), [int(year) for year in arguments]), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
