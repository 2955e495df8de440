"""Makes build/package.zip, what the functions of template.yaml run: our code, the schemas, and the locked libraries.

    .venv/bin/python infra/package.py            # for Lambda: arm64, Python 3.13
    .venv/bin/python infra/package.py --here     # for this machine, to try it

Fails when it has grown past what is reasonable (Lambda's own limit is 250 MB). Where a Python 3.13 is found (PATH, or
--compiler), it is compiled beforehand: Lambda cannot keep what it compiles, and would take about a second longer at
every cold start, and a sixth of one at every document.
"""

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from portal import bootstrap
from portal.config import Config
from portal.editions import parse_beforehand, read_papers, read_sop
from portal.house import pages
from portal.web.app import compile_templates

ROOT: Final = Path(__file__).resolve().parents[1]
LOCKED: Final = ROOT / "infra" / "requirements" / "aws.txt"
LARGEST_UNPACKED: Final = 80_000_000
LARGEST_COMPILED: Final = 13_000_000
"""Bytes of what is compiled beforehand, which come on top."""

LARGEST_ZIPPED: Final = 35_000_000

LAMBDA: Final = (
    *("--only-binary=:all:", "--implementation=cp", "--python-version=3.13"),
    *("--abi=cp313", "--abi=abi3", "--abi=none"),
    # Lambda's Python 3.13 runs on Amazon Linux 2023, whose C library is 2.34.
    *(f"--platform=manylinux_2_{minor}_aarch64" for minor in (34, 28, 27, 26, 24, 17)),
    "--platform=manylinux2014_aarch64",
)
"""What pip is told to get wheels for there, whatever this machine is."""

NOT_THERE: Final = frozenset(
    {
        *("charset-normalizer", "dnspython", "pycparser", "waitress", "whitenoise"),
        *("tree-sitter", "tree-sitter-json", "tree-sitter-toml"),
    }
)
"""Locked libraries that serve HTTP and the static site or ask the DNS on one machine only, that check a service's files
where somebody writes them, or that others name and never load here."""

SERVICES: Final = frozenset({"dynamodb", "s3", "sesv2", "ssm"})
"""What we call of the 440 services that botocore describes; the other descriptions are two thirds of it."""

UNUSED: Final = (
    *("*.pyi", "*.pyx", "*.pxd", "*.pxi", "*.h", "__pycache__", "tests", "bin", "share"),
    *("*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED", "*.dist-info/direct_url.json"),
    "pypdfium2_cli",  # a command line, of which we have no use
    # No photo comes as AVIF, and Pillow says in so many words that it knows none without these. Nor are profiles of
    # colours, arithmetic on images or windows on a screen wanted.
    *("PIL/_avif*.so", "pillow.libs/libavif*"),
    *("PIL/_imagingcms*.so", "pillow.libs/liblcms*", "PIL/_imagingmath*.so", "PIL/_imagingtk*.so"),
    # Papers bring their own letters, and draw lines and boxes only.
    *("reportlab/fonts", "reportlab/graphics"),
    # Metadata and DOCX need lxml.etree only.
    *("lxml/objectify*.so", "lxml/sax*.so", "lxml/builder*.so", "lxml/isoschematron", "lxml/html"),
    # Checks of PDF/A, a template in pieces beside the whole one, benchmarks, and time zones that tzdata has as well.
    *("pikepdf/pdfa", "docx/templates/default-docx-template", "jsonschema/benchmarks", "dateutil/zoneinfo/*.tar.gz"),
    *("tzdata/zoneinfo/tzdata.zi", "tzdata/zoneinfo/right", "tzdata/zoneinfo/posix", "PIL/_imagingmorph*.so"),
    "botocore/data/*/*/examples-1.json",
    # pyhanko loads a client of HTTP that it has no use for here; these are what it is faster with.
    *(f"{library}/**/*.so" for library in ("aiohttp", "multidict", "propcache", "frozenlist", "yarl")),
)


SELDOM: Final = (
    r"/(docx|lxml|openpyxl|packaging|reportlab|segno|emscripten|debug)/"
    r"|/(pyhanko|pyhanko_certvalidator|asn1crypto|oscrypto|cryptography|aiohttp|yarl|multidict|tzlocal|uritools)/"
    r"|/PIL/(?!Bmp|Gif|Jpeg|Mpo|Ppm|Png|Tiff|WebP)\w+ImagePlugin|/PIL/Image(Cms|Math|Morph|Qt|Show|Tk|Win)"
)
"""What few answers import; it is compiled then."""


def build(folder: Path, platform: Sequence[str] = LAMBDA) -> None:
    """Lay out the package in a folder, which is emptied first."""
    for service in (ROOT / "schemas").glob("*/sop.toml"):
        read_papers(read_sop(service.parent), service.parent)  # what does not fit is not packed
    install(folder, "".join(_wanted(LOCKED.read_text("utf-8"))), platform)
    shorten(folder / "botocore" / "data")
    shutil.copytree(
        ROOT / "functions", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "requirements.txt")
    )
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    with tempfile.TemporaryDirectory() as data:
        house = bootstrap.build(Config.from_environment({}, data=Path(data), address="https://example.go.id"))
        compile_templates(pages(house), folder / "portal" / "web")
    schemas = folder / "schemas"
    for read in (folder / "portal/messages.toml", *schemas.glob("*.toml"), *schemas.glob("*/sop.toml")):
        parse_beforehand(read)


def compile_for_cold_starts(folder: Path, python: str) -> bool:
    """Compile in place; False if there is no such Python, or it is of another version than Lambda's."""
    if subprocess.run([python, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 13))"], check=False).returncode:  # noqa: S603
        return False
    compile_in_place(folder, python)
    return True


def compile_in_place(folder: Path, python: str) -> None:
    # Never compared with the source, which lies in the same archive; and without this machine's paths.
    settings = ["-q", "--invalidation-mode=unchecked-hash", "-s", str(folder), "-p", "/var/task", "-x", SELDOM]
    subprocess.run([python, "-m", "compileall", *settings, str(folder)], check=True)  # noqa: S603


def pack(folder: Path, archive: Path) -> None:
    """Zip the folder; the same content makes the same bytes, so that nothing is deployed anew without a change."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = (0o755 if path.stat().st_mode & 0o111 else 0o644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, path.read_bytes())


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--here", action="store_true", help="for this machine")
    options.add_argument("--target", type=Path, default=ROOT / "build" / "package")
    options.add_argument("--compiler", default=shutil.which("python3.13") or "", help="a Python 3.13")
    given = options.parse_args()
    build(given.target, () if given.here else LAMBDA)
    if not given.here and not (given.compiler and compile_for_cold_starts(given.target, given.compiler)):
        print("no Python 3.13 here: not compiled, cold starts will take about a second longer", file=sys.stderr)
    archive = given.target.with_suffix(".zip")
    pack(given.target, archive)
    compiled, zipped = sum(path.stat().st_size for path in given.target.rglob("*.pyc")), archive.stat().st_size
    sizes = {"unpacked": size(given.target) - compiled, "compiled": compiled, "zipped": zipped}
    bounds = {"unpacked": LARGEST_UNPACKED, "compiled": LARGEST_COMPILED, "zipped": LARGEST_ZIPPED}
    print(f"{archive}: {', '.join(f'{bytes_ / 1e6:.1f} MB {of}' for of, bytes_ in sizes.items())}")
    for of, bytes_ in sizes.items():
        if bytes_ > bounds[of]:
            sys.exit(f"more than {bounds[of] / 1e6:.0f} MB {of}")


def install(folder: Path, locked: str, platform: Sequence[str]) -> None:
    """The locked libraries in a folder, which is emptied first, without what nobody uses of them."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(locked)
        requirements.flush()
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--require-hashes"]
        command += ["--disable-pip-version-check", *platform, "-r", requirements.name, "--target", str(folder)]
        subprocess.run(command, check=True)  # noqa: S603
    for path in _unused(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def shorten(data: Path) -> None:
    """botocore's descriptions of services without their prose, and its endpoints of those services only.

    Every cold start reads them, which took an eighth of it, for the hosts of 440 services in all regions and for what
    is meant for people.
    """
    prefixes = set()
    for path in data.glob("*/*/service-2.json.gz"):
        model = json.loads(gzip.decompress(path.read_bytes()))
        prefixes.add(model["metadata"]["endpointPrefix"])
        # Its other parts are short, and botocore asks for the prose of one.
        model |= {part: _without_prose(model[part]) for part in ("operations", "shapes")}
        path.write_bytes(gzip.compress(json.dumps(model).encode(), mtime=0))
    path = data / "endpoints.json"
    endpoints = json.loads(path.read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: partition["services"][name] for name in partition["services"].keys() & prefixes}
    path.write_text(json.dumps(endpoints, sort_keys=True), "utf-8")


def _without_prose(part: Any) -> Any:
    if isinstance(part, dict):
        # A member may have this name too, and is no text then.
        return {key: _without_prose(value) for key, value in part.items() if not _is_prose(key, value)}
    return [_without_prose(value) for value in part] if isinstance(part, list) else part


def _is_prose(key: str, value: object) -> bool:
    return key == "documentation" and isinstance(value, str)


def _wanted(locked: str) -> Iterator[str]:
    """The lock's entries, each with its hashes, without what is not needed there."""
    for entry in re.split(r"^(?=\S)", locked, flags=re.MULTILINE):
        name = re.match(r"[A-Za-z0-9._-]+", entry)
        if name and name[0] not in NOT_THERE:
            yield entry


def _unused(folder: Path) -> Iterable[Path]:
    found = {path for pattern in UNUSED for path in folder.rglob(pattern)}
    data = folder / "botocore" / "data"
    found |= {path for path in data.iterdir() if path.is_dir() and path.name not in SERVICES}
    return [path for path in found if not found & set(path.parents)]


if __name__ == "__main__":
    main()
