"""Of Material's styles pages get what they ask for, and all of that."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from portal.site.styles import pruned, rules, seen
from tests.support.built_site import SITE

PAGE = (
    '<html dir="ltr" class="no-js"><body data-md-color-primary="indigo"><p class="md-typeset lead">x</p></body></html>'
)
USED = seen([PAGE], 'e.classList.toggle("md-nav--open")')


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("p{a:b}", "p{a:b}"),
        (".lead,.gone{a:b}", ".lead{a:b}"),
        (".md-typeset .gone{a:b}", ""),
        (".md-nav--open>a{a:b}", ".md-nav--open>a{a:b}"),
        (".lead:not(.gone){a:b}", ".lead:not(.gone){a:b}"),
        (".lead:is(.a,:not(.b,.c)),.gone{a:b}", ".lead:is(.a,:not(.b,.c)){a:b}"),
        ("[dir=ltr] p{a:b}[dir=rtl] p{c:d}", "[dir=ltr] p{a:b}"),
        ("[data-md-color-primary=red]{a:b}[data-md-color-primary=indigo]{c:d}", "[data-md-color-primary=indigo]{c:d}"),
        ("@media print{.gone{a:b}}@media screen{.gone{a:b}.lead{c:d}}", "@media screen{.lead{c:d}}"),
        ("@keyframes k{0%{a:b}to{c:d}}", "@keyframes k{0%{a:b}to{c:d}}"),
        ('p:before{content:"}.gone{"}', 'p:before{content:"}.gone{"}'),
        ("p{b:url('data:image/svg+xml;charset=utf-8,<svg></svg>');c:d}",) * 2,
        ("/* { */p{a:b}", "p{a:b}"),
    ],
)
def test_a_rule_is_kept_when_some_element_may_fit(css: str, kept: str) -> None:
    assert pruned(css, USED) == kept


def test_variables_that_nothing_asks_for_are_left_out_and_those_they_asked_for() -> None:
    css = ":root{--a:url('x;y');--b:var(--c);--c:1;--d:2}p{e:var(--a)}"
    assert pruned(css, USED) == ":root{--a:url('x;y')}p{e:var(--a)}"
    assert pruned(css, USED, "p{f:var( --b )}") == ":root{--a:url('x;y');--b:var(--c);--c:1}p{e:var(--a)}"


def test_every_class_of_a_page_that_material_knows_keeps_its_rules() -> None:
    """Against Material's own sheet: nothing of a selector made of the pages' classes alone is lost."""
    theme = find_spec("material")
    assert theme is not None
    assert theme.origin is not None
    whole = next(Path(theme.origin).parent.glob("templates/assets/stylesheets/main.*.min.css")).read_text("utf-8")
    pages = [path.read_text("utf-8") for path in SITE.rglob("*.html")]
    classes = {name for html in pages for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    heads = {selector for head, body in rules(whole) if body for selector in head.split(",")}
    simple = {head for head in heads if re.fullmatch(r"\.[\w-]+", head) and head[1:] in classes}
    (sheet,) = SITE.glob("stylesheets/material.*.css")
    kept = {selector for head, body in rules(sheet.read_text("utf-8")) if body for selector in head.split(",")}
    assert len(simple) > 15
    assert simple <= kept
