"""Documents as the usual programs write them, made here by those programs that this machine has."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from portal.documents.inspection import PDF
from tests.support.document_specimens import jpeg, picture, saved
from tests.support.file_specimens import PICTURE, Specimen

LETTER: Final = """<!DOCTYPE html><html lang="id"><meta charset="utf-8"><title>Surat</title>
<h1>Surat Permohonan</h1><p>Yang bertanda tangan: <a href="https://contoh.go.id">Siti Contoh</a></p>
<p><a href="ftp://contoh.go.id">ftp</a> <a href="tel:+62551">telepon</a> <a href="localhost:8080/x">uji</a>
<a href="javascript:void(0)">cetak</a>
<table border="1"><tr><th>NIK</th><td>6473 0145 0190 0001</td></tr></table>
<p style="page-break-before: always">Lampiran"""
SECONDS: Final = 120

Export = Callable[[Path, Path], Sequence[str]]
"""The command that writes a program's file, from the folder of what there is to the file that is wanted."""


def exported(folder: Path) -> tuple[list[Specimen], list[str]]:
    """What the programs here made in this folder, and the programs that are missing."""
    (folder / "surat.html").write_text(LETTER, "utf-8")
    (folder / "foto.jpg").write_bytes(jpeg((1600, 1200)))
    (folder / "pindai.png").write_bytes(saved(picture((1654, 2339), "L"), "PNG", dpi=(200, 200)))
    made, missing = [Specimen("reportlab", _by_reportlab, frozenset({PDF}))], list[str]()
    made += [Specimen(f"Pillow, {name}", make, frozenset({PDF})) for name, make in _by_pillow().items()]
    for program, name, command in _commands(folder):
        target = folder / name
        if not shutil.which(program):
            missing.append(program)
            continue
        run = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
        if not target.exists() or not target.stat().st_size:
            missing.append(f"{program} (it made no {name}: {run.stderr.decode(errors='replace').strip()[-80:]})")
            continue
        right = frozenset({PDF}) if name.endswith(".pdf") else PICTURE
        made.append(Specimen(f"{program}, {name}", target.read_bytes, right))
    return made, list(dict.fromkeys(missing))


def _commands(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Program, file and command."""
    office = ["soffice", f"-env:UserInstallation=file://{folder}/profil", "--headless", "--convert-to"]
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/peramban"]
    page = f"file://{folder}/surat.html"
    yield "chromium", "cetak.pdf", ["chromium", *quiet, "--print-to-pdf=cetak.pdf", page]
    yield "chromium", "layar.png", ["chromium", *quiet, "--window-size=1000,1400", "--screenshot=layar.png", page]
    yield "soffice", "surat.pdf", [*office, "pdf:writer_web_pdf_Export", "surat.html"]
    options = '{"SelectPdfVersion":{"type":"long","value":"3"}}'
    yield (
        "soffice",
        "arsip/surat.pdf",
        [*office, f"pdf:writer_web_pdf_Export:{options}", "--outdir", "arsip", "surat.html"],
    )
    # By another name of the same format: Debian's policy forbids ImageMagick "PDF", because of how it would read one.
    yield "convert", "magick.pdf", ["convert", "foto.jpg", "pindai.png", "pdfa:magick.pdf"]
    yield "convert", "magick-cmyk.jpg", ["convert", "foto.jpg", "-colorspace", "CMYK", "magick-cmyk.jpg"]
    yield "convert", "magick-16.png", ["convert", "foto.jpg", "-depth", "16", "magick-16.png"]
    yield "convert", "magick.webp", ["convert", "foto.jpg", "magick.webp"]
    yield "img2pdf", "img2pdf.pdf", ["img2pdf", "foto.jpg", "pindai.png", "-o", "img2pdf.pdf"]
    scan = ["ocrmypdf", "-l", "eng", "--image-dpi", "200", "pindai.png"]
    yield "ocrmypdf", "ocr.pdf", [*scan, "--output-type", "pdf", "ocr.pdf"]
    yield "ocrmypdf", "ocr-a.pdf", [*scan, "--output-type", "pdfa", "ocr-a.pdf"]
    yield "gs", "gs.pdf", ["gs", "-q", "-o", "gs.pdf", "-sDEVICE=pdfwrite", "ocr.pdf"]


def _by_reportlab() -> bytes:
    canvas = Canvas("", pagesize=A4)
    for page in ("Surat Permohonan", "Lampiran"):
        canvas.drawString(72, 760, page)
        canvas.linkURL("https://contoh.go.id", (72, 700, 200, 720))
        canvas.showPage()
    data: bytes = canvas.getpdfdata()
    return data


def _by_pillow() -> dict[str, Callable[[], bytes]]:
    def sheet(mode: str) -> Image.Image:
        return picture((1240, 1754), mode)

    return {
        "one page": lambda: saved(sheet("RGB"), "PDF", resolution=150),
        "black and white": lambda: saved(sheet("1"), "PDF", resolution=150),
        "three pages": lambda: saved(sheet("L"), "PDF", save_all=True, append_images=[sheet("RGB"), sheet("CMYK")]),
    }
