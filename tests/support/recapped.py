"""What the recap counts, exactly: everybody is told less of it."""

from portal.core.recap import Recap, summarise
from portal.office import Office
from portal.usecases.compilation import read_sums


def recap(office: Office, service: str = "") -> Recap:
    """Of the office's first service, or of the one named."""
    edition = office.services[service] if service else office.services.first
    return summarise(read_sums(office, edition.service).tallies, edition, office.today())


def rows(office: Office) -> list[str]:
    """``2026-11 BKPSDM done 1, holders 1``: month, office, and all that is not nothing."""
    return [
        f"{row.month} {row.office} "
        + ", ".join(
            f"{what} {count}"
            for what, count in (*row.outcomes.items(), ("returns", row.returns), ("holders", row.holders))
            if count
        )
        for row in recap(office).rows
    ]
