"""Site and portal as one house: what their heads say, and where the site's links lead a stranger."""

import re
from urllib.parse import urldefrag, urljoin

from tests.support.built_site import SITE, site_pages
from tests.support.site_page import Page
from tests.support.stage import InProcess, Stage


def pages() -> dict[str, Page]:
    files = {path: SITE / (f"{path}index.html" if path.endswith("/") else path).lstrip("/") for path in site_pages()}
    return {path: Page(url=path, html=file.read_text("utf-8")) for path, file in files.items()}


def test_site_and_portal_say_the_same_in_their_heads(shared_stage: Stage) -> None:
    """Material has a head of its own, and adds nothing to what is said."""
    site = pages()["/sop/"].html
    ours, theirs = (
        set(re.findall(r'<meta (?:name|property)="([^"]+)"', html.partition("</head>")[0]))
        for html in (shared_stage.browser().get("/status").text, site)
    )
    assert {"theme-color", "description", "og:image:alt"} <= ours
    # Where a site is, is known only where it was built with ADDRESS.
    assert ours - {"og:url"} == theirs - {"og:url"}
    assert site.count("<title>") == 1


def test_no_page_sends_a_stranger_to_a_refusal(shared_stage: Stage) -> None:
    """Where a page is for officials only, its link leads to where they are asked who they are."""
    somebody, site = InProcess(shared_stage.browser()), pages()
    targets = {urldefrag(urljoin(path, link))[0] for path, page in site.items() for link in page.links}
    here = {each for each in targets if each in site or (SITE / each.lstrip("/")).exists()}
    ours = {each for each in targets - here if each.startswith("/")}
    assert {"/ajukan", "/petugas", "/meja"} <= ours
    assert {each: status for each in ours if (status := somebody.get(each).status) != 200} == {}
