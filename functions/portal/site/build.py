"""What MkDocs does besides writing pages (``hooks`` of mkdocs.yml): it takes them from where the services have them,
lends them the portal's own bar, foot and style, publishes what they load under names that may be kept, leaves out what
they do not load, and draws their cards."""

import re
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from portal import edge
from portal.chart.flowchart import fill
from portal.site import styles
from portal.site.pages import SHARED, Published, is_left_out
from portal.site.social import draw_card

TEMPLATES = edge.STATIC.parent / "templates"
WORKER = "search/worker.js"

_LOADED = re.compile(r"assets/(?:stylesheets/(?:main|palette)|javascripts/bundle)\.\w+\.min\.(?:css|js)$")
_INLINE = re.compile(r"<script>(.+?)</script>", re.DOTALL)
_SCRIPT = re.compile(r'<script (?=src="/assets/)')
_NEAR = re.compile(r'(href|src)="(?:\.{1,2}/)*(?=(?:assets/)?(?:stylesheets|javascripts)/)')
_ENDS = re.compile(r"(</(?:caption|dd|div|dt|figcaption|h[1-6]|li|p|summary|td|th)>|<br ?/?>)(?=\S)")


def on_config(config: Any) -> Any:
    """The site is called as the office and its services are."""
    words = config.extra["words"]["one" if len(config.extra["services"]) == 1 else "several"]
    names = _names(config.extra["sop"])
    config.site_name, config.site_description = fill(words["name"], **names), fill(words["description"], **names)
    return config


def _names(sop: Mapping[str, Any]) -> dict[str, str]:
    """What may stand in braces in the head of a page."""
    return {
        "title": sop["title"],
        "short_title": sop["short_title"],
        "product": sop["product"],
        "short": sop["office"]["short"],
        "agency": sop["office"]["agency"],
        "service": sop["service"],
    }


def _take_pages(files: Any, config: Any) -> None:
    """Lay the services' pages where they belong, in the place of the office's of the same name."""
    from mkdocs.structure.files import File

    services: list[Published] = config.extra["services"]
    config.extra["of_page"] = of_page = {}
    for file in list(files):
        if is_left_out(file.src_uri, several=len(services) > 1):
            files.remove(file)
    for published in services:
        for name, path in published.sources(Path(config.docs_dir) / SHARED).items():
            if there := files.get_file_from_path(name):
                files.remove(there)
            files.append(File.generated(config, name, abs_src_path=str(path)))
            of_page[name] = published


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Let the head of a page speak of office and service as its text does."""
    names = _names(_said_on(page, config))
    for key in ("title", "description"):
        if key in page.meta:
            page.meta[key] = fill(page.meta[key], **names)
    return markdown


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:
    """The frame around a page is its service's."""
    context["sop"] = sop = _said_on(page, config)
    of_a_service = page.file.src_uri in config.extra["of_page"]
    context["name"] = fill(config.extra["words"]["one"]["name"], **_names(sop)) if of_a_service else config.site_name
    return context


def _said_on(page: Any, config: Any) -> Mapping[str, Any]:
    """The words of the service that a page is about, or those of the office."""
    published: Published | None = config.extra["of_page"].get(page.file.src_uri)
    said: Mapping[str, Any] = published.edition.data if published else config.extra["sop"]
    return said


def on_files(files: Any, config: Any) -> Any:
    """Of the theme's own files only what pages load is published; style sheets are named after what they hold."""
    _take_pages(files, config)
    config.nav = navigation(config.extra, files)
    for file in list(files):
        if file.src_uri.startswith("assets/javascripts/workers/search.") and file.src_uri.endswith(".js"):
            _publish_as(file, WORKER, config)
        elif file.src_uri.startswith("assets/") and not (_LOADED.match(file.src_uri) or _is_ours(file, config)):
            files.remove(file)
        elif file.src_uri in config.extra_css:
            name = Path(file.src_uri)
            kept = f"{name.with_suffix('')}.{edge.fingerprint(Path(file.abs_src_path))}{name.suffix}"
            config.extra_css[config.extra_css.index(file.src_uri)] = kept
            _publish_as(file, kept, config)
    return files


def navigation(extra: Mapping[str, Any], files: Any) -> list[dict[str, list[dict[str, str]]]]:
    """The places of menu and foot, as sections of Material's navigation."""
    from jinja2 import Environment, FileSystemLoader

    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("frame/places.html")
    groups: Any = template.make_module({"sop": extra["sop"], "services": extra["services"]})
    pages = {f"/{file.url}".replace("/./", "/"): file.src_uri for file in files.documentation_pages()}
    return [
        {title: [{label: pages.get(address, address)} for address, label in places]} for title, places in groups.groups
    ]


def _is_ours(file: Any, config: Any) -> bool:
    return (Path(config.docs_dir) / file.src_uri).is_file() or file.src_uri in config.extra["of_page"]


def _publish_as(file: Any, name: str, config: Any) -> None:
    file.dest_uri = file.url = name
    file.abs_dest_path = str(Path(config.site_dir) / name)


def on_env(env: Any, config: Any, files: Any) -> Any:
    """Give the theme the portal's templates, the address of its style, and that of each page's card."""
    from jinja2 import ChoiceLoader, FileSystemLoader

    env.loader = ChoiceLoader([env.loader, FileSystemLoader(TEMPLATES)])
    env.globals["aset"] = edge.static_address()
    env.filters["card"] = lambda page: f"{(config.site_url or '').rstrip('/')}/{_card(page)}"
    return env


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Let the search read cells, lines and paragraphs apart; on the page such a space shows nowhere."""
    return _ENDS.sub(r"\1 ", html)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Put Material's inlined scripts into files, as the policy asks; draw the picture that is shown where somebody
    shares the page, unless it is kept from search engines."""
    output = to_files(output, config)
    if page.meta.get("robots"):
        return output
    sop = _said_on(page, config)
    path = Path(config.site_dir) / _card(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    title = str(page.meta.get("title") or page.title)
    draw_card(path, title, page.meta.get("description", ""), sop["office"]["short"], sop["short_title"])
    return output


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """The page for what is not there has the same scripts."""
    return to_files(output, config) if template_name.endswith(".html") else output


def to_files(html: str, config: Any) -> str:
    """Write each inlined script into a file named after its content, and load that in its place; Material's files are
    loaded by their whole address, as ours are, and run in their order when the page is there: none is waited for."""

    def load(found: re.Match[str]) -> str:
        name = f"assets/javascripts/inline.{sha256(found[1].encode()).hexdigest()[:10]}.js"
        path = Path(config.site_dir) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found[1], "utf-8")
        return f'<script src="/{name}"></script>'

    return _SCRIPT.sub("<script defer ", _INLINE.sub(load, _NEAR.sub(r'\1="/', html)))


def _card(page: Any) -> str:
    return f"kartu/{page.url.strip('/').replace('/', '-') or 'beranda'}.png"


def on_post_build(config: Any) -> None:
    """Put style and script where pages look for them, and tell search engines where the list of pages is."""
    site = Path(config.site_dir)
    if emblem := config.extra["sop"]["office"].get("emblem"):
        shutil.copy(config.extra["services"][0].folder.parent / emblem, site / emblem)
    shutil.copytree(edge.STATIC, site / edge.static_address().lstrip("/"), dirs_exist_ok=True)
    styles.publish(site)
    if config.site_url:
        map_of_pages = f"{config.site_url.rstrip('/')}/sitemap.xml"
        (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {map_of_pages}\n", "utf-8")
    else:
        for name in ("sitemap.xml", "sitemap.xml.gz"):  # a list of pages needs their whole addresses
            (site / name).unlink(missing_ok=True)
