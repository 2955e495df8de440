"""The code that an applicant shows when he comes: it opens the visit of his case on the clerk's desk.

It says that page's address with the public ticket, and nothing of any person; whoever is no clerk finds the way in.
"""

from typing import Final

from markupsafe import Markup

from portal.web.here import here

PATH: Final = "/petugas/permohonan/{number}/kunjungan"


def desk_code(number: str) -> Markup:
    """As inline SVG."""
    return here().equipment.qr(here().address + PATH.format(number=number))
