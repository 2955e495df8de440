"""The addresses that the cards of documents lead to, below any page that shows them (``cards``)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response

from portal.core.draft import Draft
from portal.web import cards


@dataclass(frozen=True)
class Place:
    """A page with cards, as whoever asks may see it.

    Attributes:
        draft: whose documents they are.
        base: path of the cards (``cards.document_cards``).
        csrf: what its forms carry.
        page: the whole page, given the refusals by kind.
    """

    draft: Draft
    base: str
    csrf: str
    page: Callable[[Mapping[str, cards.Explained]], str]


At = TypeVar("At", bound=Callable[..., Place])


def documents(pages: Blueprint, rule: str, *, photos: bool = True) -> Callable[[At], At]:
    """Lets a page's documents be brought, seen and taken away; decorates what says where that is.

    What is decorated is given what the address names, and ``changes``: is something posted? Then the place's draft is
    one that is kept. It raises what keeps strangers out.

    Args:
        rule: address of the cards, such as ``/ajukan/<draft>/berkas``.
        photos: may a document be several photos, to be put in order, and a paper that is printed here first?
    """

    def serve(at: At) -> At:
        def arrived(kind: str, **named: str) -> str:
            place = at(**named, changes=False)
            return cards.arrived(place.draft, kind, place.base, place.csrf)

        def accept(kind: str, **named: str) -> Any:
            place = at(**named, changes=True)
            return cards.accept(place.draft, kind, place.base, place.csrf, place.page)

        def remove(kind: str, **named: str) -> Any:
            place = at(**named, changes=True)
            return cards.remove(place.draft, kind, place.base)

        def picture(kind: str, page: int, **named: str) -> Response:
            return cards.picture(at(**named, changes=False).draft, kind, page)

        def view(kind: str, **named: str) -> Response:
            return cards.view(at(**named, changes=False).draft, kind)

        def arrange(kind: str, **named: str) -> Any:
            place = at(**named, changes=True)
            return cards.arrange(place.draft, kind, place.base)

        def filled_in(file: str, **named: str) -> Response:
            return cards.filled_in(at(**named, changes=False).draft, file)

        pages.get(f"{rule}/<kind>/terunggah")(arrived)
        pages.post(f"{rule}/<kind>")(accept)
        pages.post(f"{rule}/<kind>/hapus")(remove)
        pages.get(f"{rule}/<kind>/gambar/<int:page>.jpg")(picture)
        pages.get(f"{rule}/<kind>/lihat")(view)
        if photos:
            pages.post(f"{rule}/<kind>/halaman")(arrange)
            pages.get(f"{rule}/unduh/<file>")(filled_in)
        return at

    return serve
