"""Files that a fuzzer makes of good ones, through the checker as its child runs it (``make fuzz``, its own Python).

Atheris follows which branches of the checker's Python, and of pikepdf's and Pillow's, a change of the file reaches. A
file ends well when it has an answer: kept, or refused with a code. What is refused has nothing kept of it.
"""

import signal
import sys
import tempfile
import threading
import time
from os import _exit
from pathlib import Path
from typing import Any, Final

import atheris

with atheris.instrument_imports(include=["portal.documents", "PIL", "pikepdf"]):
    from portal.core.errors import DocumentRefused
    from portal.documents import __main__ as child
    from portal.documents import inspection, mending, pdf, pictures, quality, straightening

from tests.support import document_specimens as specimens
from tests.support import photos

SECONDS: Final = 15 * 60
LOOKED_INTO: Final = (mending, pdf, pictures, quality, straightening)
LIMITS: Final = vars(inspection.Limits())
ANSWERS: dict[str, int] = {}


def one(data: bytes) -> None:
    try:
        media_type = inspection._media_type(data)
    except DocumentRefused as refused:
        answer, content = {"refused": refused.code}, b""
    else:
        answer, content = child.answer({"task": "inspect", "media_type": media_type, "limits": LIMITS}, data)
    said = str(answer.get("refused") or answer["media_type"])
    if "refused" in answer and content:
        raise AssertionError(f"{said}, and something is kept")
    ANSWERS[said] = ANSWERS.get(said, 0) + 1


def seeds(folder: Path) -> None:
    made: dict[str, bytes] = {
        "pdf": specimens.pdf(2), "office": specimens.pdf(change=specimens.like_an_office_program),
        "form": specimens.pdf(change=specimens.fill_form), "script": specimens.pdf_with_action(specimens.SCRIPT),
        "jpeg": specimens.jpeg((420, 410)), "turned": specimens.photo_with_place_and_turn(),
        "png": specimens.png((420, 410), "P"), "webp": specimens.saved(specimens.picture((420, 410)), "WEBP"),
        "heic": photos.heic(specimens.picture((420, 410))),
    }  # fmt: skip
    for name, data in made.items():
        (folder / name).write_bytes(data)


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    begun, ended = time.monotonic(), threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())

    def until(data: bytes) -> None:
        try:
            one(data)
        except Exception as problem:
            tell(time.monotonic() - begun, f"one that broke something ({type(problem).__name__}: {problem})")
            raise  # the fuzzer keeps the file, and says where
        if ended.is_set() or time.monotonic() - begun > seconds:
            tell(time.monotonic() - begun)
            _exit(ended.is_set())  # the fuzzer itself knows no end

    with tempfile.TemporaryDirectory() as folder:
        seeds(Path(folder))
        bounds: list[Any] = ["-max_len=60000", "-len_control=0", "-timeout=20", "-rss_limit_mb=1200", "-verbosity=0"]
        bounds += ["-handle_int=0", "-handle_term=0"]
        atheris.Setup([sys.argv[0], *bounds, folder], until)
        atheris.Fuzz()


def tell(seconds: float, amiss: str = "none without an answer") -> None:
    print("| Answer | Files |\n|---|---:|")
    for answer, times in sorted(ANSWERS.items()):
        print(f"| {answer} | {times} |")
    print(f"\n{sum(ANSWERS.values())} files in {seconds / 60:.0f} minutes, {amiss}.", flush=True)


if __name__ == "__main__":
    main()
