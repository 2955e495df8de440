"""A receipt as a sheet, with the letterhead of the office that gives it; draws nothing."""

from collections.abc import Iterator, Sequence

from portal.forms.receipt import Receipt, Told
from portal.papers.sheets import Blank, Block, Column, Letterhead, Paper, Rows, Sheet, Signatures, Text


def sheet(receipt: Receipt, emblem: bytes = b"") -> Sheet:
    """On one page where it can be; its code leads to the status page."""
    words, (moment, day) = receipt.words, receipt.printed_at
    blocks = (Letterhead(_head(receipt), emblem), *_blocks(receipt))
    return Sheet(
        paper=Paper("", receipt.title, "", "", ("pdf",), "", day, "", ""),
        blocks=blocks,
        edition=words["printed"].format(at=moment),
        note=words["note"].format(ticket=receipt.ticket),
        where=receipt.address,
        words=words,
        author=receipt.sop["office"]["short"],
        pages=1,
    )


def _head(receipt: Receipt) -> tuple[str, ...]:
    text = receipt.sop["text"]
    contact = " · ".join(text[key] for key in ("website", "email") if text.get(key))
    return (*text["institution"], *(line for line in (text.get("address"), text.get("telephone"), contact) if line))


def _blocks(receipt: Receipt) -> Iterator[Block]:
    words = receipt.words
    yield Text(receipt.title.upper(), "title")
    yield _table(receipt.rows)
    if receipt.documents:
        yield Text(words["documents"], "heading")
        yield _table(receipt.documents)
    if receipt.hash:
        yield Text(f"{words['hash']} {receipt.hash}", "small")
    yield Text(receipt.sop["sentences"]["safety"], "small")
    if receipt.receiver:
        yield Signatures((Column((words["receiver"],), "", (receipt.receiver,)),))


def _table(told: Sequence[Told]) -> Rows:
    return Rows(tuple(Blank("", label, value=said, is_fixed=True) for label, said in told), is_ruled=True)
