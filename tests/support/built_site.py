"""The built site, and pages of the portal behind it."""

from tests.support.city import KADIS, City
from tests.support.people import Applicant, Official
from tests.support.places import ROOT

SITE = ROOT / "build" / "site"


def decision_page(city: City) -> tuple[str, str]:
    siti: Applicant = city.applicant().apply()
    siti.confirm()
    kadis: Official = city.official(KADIS)
    page = kadis.open(siti.ticket)
    return page.url, "; ".join(f"{cookie.name}={cookie.value}" for cookie in kadis.browser.cookies)


def site_pages() -> list[str]:
    """The address of every built page."""
    return sorted(f"/{path.relative_to(SITE)}".removesuffix("index.html") for path in SITE.rglob("*.html"))
