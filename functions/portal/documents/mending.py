"""What is kept of a PDF that every reader opens although something is amiss with it."""

import re
from io import BytesIO
from typing import Any, Final

from portal.documents.pdf import BLANK, MARKER, opened

_ENDS: Final = re.compile(rb"startxref\s+\d+$")
_OBJECT: Final = re.compile(rb"\d\s+\d+\s+obj\b")


def mended(data: bytes) -> bytes:
    """The file byte for byte where nothing is amiss: a signature in it stays valid.

    Else without what hangs behind its end, with the end marker that some programs forget, and written anew without
    restrictions that nobody is asked a password for, or without files attached to it, such as the data of a PDF/A-3.
    What is signed is not written anew; what cannot be opened is given back for ``pdf.check`` to refuse.
    """
    import pikepdf

    ended = _ended(data)
    try:
        with opened(ended) as pdf:
            if len(ended) > len(data) and pdf.get_warnings():
                return data  # more than the marker is missing
            if pdf.is_encrypted:
                return _written_anew(pdf)
            if _has_attachments(pdf) and not _is_signed(pdf):
                _leave_out_attachments(pdf)
                return _written_anew(pdf)
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return data
    return ended


def _ended(data: bytes) -> bytes:
    """The file up to its end marker; with one, where only the marker is missing.

    Objects behind the last marker are a further version of the file that was cut short, and to be missed.
    """
    before, marker, behind = data.rpartition(MARKER)
    if not marker:
        whole = data.rstrip(BLANK)
        return whole + b"\n" + MARKER + b"\n" if _ENDS.search(whole[-64:]) else data
    if not behind.strip(BLANK) or _OBJECT.search(behind):
        return data
    return before + marker + b"\n"


def _has_attachments(pdf: Any) -> bool:
    return "/AF" in pdf.Root or bool(pdf.Root.get("/Names", {}).get("/EmbeddedFiles", {}))


def _is_signed(pdf: Any) -> bool:
    return bool(int(pdf.Root.get("/AcroForm", {}).get("/SigFlags", 0)) & 1)


def _leave_out_attachments(pdf: Any) -> None:
    for holder, name in ((pdf.Root, "/AF"), (pdf.Root.get("/Names", {}), "/EmbeddedFiles")):
        if name in holder:
            del holder[name]
    for page in pdf.pages:
        if "/AF" in page.obj:
            del page.obj["/AF"]


def _written_anew(pdf: Any) -> bytes:
    target = BytesIO()
    pdf.save(target, encryption=False, deterministic_id=True)
    return target.getvalue()
