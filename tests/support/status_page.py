"""The status page asked for, and its own words."""

from tests.support.browser_without_javascript import Page
from tests.support.stage import Stage


def get(stage: Stage, path: str, **headers: str) -> Page:
    answer = stage.browser().get(path, headers=headers, follow_redirects=True)
    return Page(answer.request.path, answer.status_code, dict(answer.headers), answer.data)


def main(page: Page) -> str:
    """The words of the page itself, without the house around it."""
    return " ".join(" ".join(page.html.get_element_by_id("isi").itertext()).split())
