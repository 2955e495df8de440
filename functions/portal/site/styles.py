"""The site's style sheets: of Material's only what some page asks for, and those that follow one another in one file,
so that a slow phone waits for little before the first paint. What pages ask for is seen in the built site itself."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

SHEETS: Final = (
    ("material", ("assets/stylesheets/main.*.css", "assets/stylesheets/palette.*.css")),
    ("site", ("stylesheets/material.*.css", "stylesheets/portal.*.css")),
)
"""What is written into one file each, in the order in which pages load it."""

_PIECE: Final = re.compile(
    r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|/\*.*?\*/|\\.|[{};(),]|.[^\"'/\\{};(),]*", re.DOTALL
)
_LINK: Final = re.compile(r'\s*<link rel="stylesheet" href="/([^"]+)">')
_CLASSES: Final = re.compile(r'\sclass="([^"]*)"')
_CHOICES: Final = re.compile(r'\s(dir|data-md-color-[a-z]+)="([^"]*)"')
_ASKED_CLASS: Final = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_ASKED_CHOICE: Final = re.compile(r"\[(dir|data-md-color-[a-z]+)=[\"']?([\w-]+)[\"']?\]")
_INNERMOST: Final = re.compile(r":[a-z-]+\([^()]*\)")
_NESTS: Final = ("@media", "@supports")
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)")


@dataclass(frozen=True)
class Used:
    """What the pages hold.

    Attributes:
        classes: also every word of the scripts, which put classes on elements.
        choices: attributes of which pages have few values, such as ``("dir", "ltr")``.
    """

    classes: Collection[str]
    choices: Collection[tuple[str, str]]

    def asks_for(self, selector: str) -> bool:
        """Whether some element of some page may fit; what stands in ``:not()`` and its like is not asked."""
        while (less := _INNERMOST.sub("", selector)) != selector:
            selector = less
        choices = set(_ASKED_CHOICE.findall(selector))
        return set(_ASKED_CLASS.findall(selector)) <= set(self.classes) and choices <= set(self.choices)


def publish(site: Path) -> None:
    """Write the style sheets of a built site anew, and what its pages load."""
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    scripts = "".join(path.read_text("utf-8") for path in site.rglob("*.js"))
    used = seen(pages.values(), scripts)
    groups = {label: [path for pattern in patterns for path in site.glob(pattern)] for label, patterns in SHEETS}
    texts = {label: "\n".join(path.read_text("utf-8") for path in paths) for label, paths in groups.items()}
    others = "".join(path.read_text("utf-8") for path in site.glob("aset/*/*.css")) + texts["site"] + scripts
    texts["material"] = pruned(texts["material"], used, others)
    named: dict[str, str] = {}
    for label, paths in groups.items():
        name = f"stylesheets/{label}.{sha256(texts[label].encode()).hexdigest()[:10]}.css"
        for path in paths:
            named[path.relative_to(site).as_posix()] = name
            path.unlink()
        (site / name).write_text(texts[label], "utf-8")
    for path, html in pages.items():
        path.write_text(_loading(html, named), "utf-8")


def _loading(html: str, named: dict[str, str]) -> str:
    """The page with each file loaded once, in the place of the first that went into it."""
    loaded: set[str] = set()

    def load(found: re.Match[str]) -> str:
        name = named.get(found[1], found[1])
        if name in loaded:
            return ""
        loaded.add(name)
        return found[0].replace(found[1], name)

    return _LINK.sub(load, html)


def seen(pages: Collection[str], scripts: str) -> Used:
    """What is in pages, or may be put there by scripts."""
    classes = {name for html in pages for names in _CLASSES.findall(html) for name in names.split()}
    choices = {choice for html in pages for choice in _CHOICES.findall(html)}
    return Used(classes | set(re.findall(r"[\w-]+", scripts)), choices)


def pruned(css: str, used: Used, others: str = "") -> str:
    """Leave out rules that fit nothing, then variables that nothing asks for.

    Args:
        others: further styles and scripts that may ask for variables.
    """
    css = "".join(_kept(css, partial(_fitting, used)))
    while True:
        less = "".join(_kept(css, partial(_asked_for, set(_VARIABLE.findall(css + others)))))
        if less == css:
            return css
        css = less


def _fitting(used: Used, head: str, body: str) -> tuple[str, str]:
    """A rule with those of its selectors that some element may fit."""
    return ",".join(selector for selector in _split(head, ",") if used.asks_for(selector)), body


def _asked_for(asked: Collection[str], head: str, body: str) -> tuple[str, str]:
    """A rule without variables that nothing asks for."""
    kept = (each for each in _split(body, ";") if not each.startswith("--") or each.split(":")[0] in asked)
    return head, ";".join(kept)


def _kept(css: str, less: Callable[[str, str], tuple[str, str]]) -> Iterator[str]:
    """A sheet with less of each rule: of its selectors, or of what they set; gone with the last of either."""
    for head, body in rules(css):
        if body is None:
            yield f"{head};"
        elif head.startswith(_NESTS):
            if within := "".join(_kept(body, less)):
                yield f"{head}{{{within}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        elif all(kept := less(head, body)):
            yield "{}{{{}}}".format(*kept)


def rules(css: str) -> Iterator[tuple[str, str | None]]:
    """The rules of a sheet: what stands before the brace, and what within; of ``@charset`` the latter is None."""
    depth, start, head = 0, 0, ""
    for piece in _PIECE.finditer(css):
        if piece[0] == "{":
            depth += 1
            if depth == 1:
                head, start = css[start : piece.start()].strip(), piece.end()
        elif piece[0] == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start : piece.start()]
                start = piece.end()
        elif depth == 0 and (piece[0] == ";" or piece[0].startswith("/*")):
            if statement := css[start : piece.start()].strip():
                yield statement, None
            start = piece.end()


def _split(text: str, separator: str) -> list[str]:
    """Parts between separators that are in no string and no parentheses."""
    parts, depth = [""], 0
    for piece in _PIECE.finditer(text):
        depth += (piece[0] == "(") - (piece[0] == ")")
        if piece[0] == separator and not depth:
            parts.append("")
        elif not piece[0].startswith("/*"):
            parts[-1] += piece[0]
    return [part.strip() for part in parts if part.strip()]
