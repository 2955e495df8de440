"""A clerk comes in: asks for a link, opens it, and types the code that the portal then sends to the same address.

What the link says becomes one cookie, which opens nothing but the page for the code; the code makes the other one.
"""

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request

from portal.core.clerks import Clerk
from portal.core.errors import Finding, LinkForged, NotAllowed
from portal.forms.typed import masked_email, one_line
from portal.usecases import tickets
from portal.usecases.entrance import PURPOSE
from portal.web.here import here, now
from portal.web.refusals import explain

pages = Blueprint("clerk_entry", __name__)

PATH: Final = "/petugas"
FIELD: Final = "kode"
DESK: Final = "petugas"
DOOR: Final = "petugas-kode"
SEARCHED: Final = "petugas-cari"
"""Cookies of whoever is in, of whoever has opened a link and is still to type the code, and of what was looked for."""


def reader() -> Clerk:
    """Whose desk this is.

    Raises:
        LinkForged: nobody has come in here, or his session is over (``clerk_needed``; fact ``page``).
    """
    try:
        return here().entrance.clerk(here().access.claims(DESK, now())["r"])
    except LinkForged as problem:
        raise LinkForged("clerk_needed", page=DESK) from problem


def sent_by_reader() -> Clerk:
    """Whose form this is. Raises as ``reader``, and NotAllowed (``form_foreign``)."""
    clerk = reader()
    here().access.check_csrf(DESK, now())
    return clerk


def csrf() -> str:
    return here().access.csrf(DESK, now())


@pages.get("/petugas/masuk")
def ask() -> str:
    return render_template("clerk/enter.html", sent=False)


@pages.post("/petugas/masuk")
def send_link() -> str:
    """The answer does not tell whether the address is a clerk's, nor does its time."""
    address = one_line(request.form.get("email", ""))
    if not here().entrance.owe_link(address):
        tickets.owe_nobody(here().office, address)
    return render_template("clerk/enter.html", sent=True)


@pages.get("/petugas/masuk/<token>")
def open_link(token: str) -> Any:
    claims = here().access.read_link(PURPOSE, token, now())
    here().entrance.clerk(claims["r"])
    return redirect(PATH, 303) if _is_in(claims["r"]) else here().access.enter(DOOR, claims, f"{PATH}/kode", now())


@pages.get("/petugas/kode")
def door() -> Any:
    if not (claims := _claims()):
        return redirect(f"{PATH}/masuk", 303)
    here().entrance.refuse_while_paused(claims["r"])
    return _door_page()


@pages.post("/petugas/kode/kirim")
def send_code() -> Any:
    claims = _sent_at_the_door()
    asked = here().entrance.ask(claims["r"])
    opened = {"r": claims["r"], "n": asked, "b": here().intake.token()[:12]}
    return here().access.enter(DOOR, opened, f"{PATH}/kode", now())


@pages.post("/petugas/kode")
def come_in() -> Any:
    if not _claims() and _is_in():  # a second click, or the page that was posted once more
        return redirect(PATH, 303)
    claims = _sent_at_the_door()
    if "n" not in claims:
        return redirect(f"{PATH}/kode", 303)
    try:
        clerk = here().entrance.enter(claims["n"], request.form.get("kode", ""), claims.get("b", "-"))
    except NotAllowed as refused:
        if not refused.code.startswith("code_") or refused.code == "code_paused":
            raise
        return _door_page(explain(refused.code, refused.facts)["sentence"]), 422
    response = here().access.enter(DESK, {"r": clerk.email}, PATH, now())
    here().access.forget(response, DOOR, f"{PATH}/kode")
    return response


@pages.get("/petugas/kode/kirim")
def send_code_again() -> Any:
    """Where a browser lands that repeats the address of a posted form."""
    return redirect(f"{PATH}/kode", 303)


@pages.post("/petugas/keluar")
def leave() -> Any:
    here().access.once_open(now())
    return here().access.leave(f"{PATH}/masuk", (DESK, PATH), (SEARCHED, PATH))


@pages.get("/petugas/keluar")
def leave_again() -> Any:
    return redirect(PATH, 303)


def _is_in(email: str = "") -> bool:
    """Is this browser at the desk already; as this clerk, if one is named?"""
    try:
        return email in ("", reader().email)
    except LinkForged:
        return False


def _claims() -> dict[str, Any]:
    """What the opened link said (``r``), of which code the page is (``n``), and in which browser (``b``).

    Empty without a link.
    """
    try:
        return here().access.claims(DOOR, now())
    except LinkForged:
        return {}


def _sent_at_the_door() -> dict[str, Any]:
    """Raises LinkForged (``clerk_needed``): no link was opened here; NotAllowed (``form_foreign``)."""
    claims = _claims()
    if not claims:
        raise LinkForged("clerk_needed")
    here().access.check_csrf(DOOR, now())
    return claims


def _door_page(problem: str = "") -> str:
    claims = _claims()
    return render_template(
        "clerk/code.html",
        email=masked_email(claims["r"]),
        sent="n" in claims,
        findings=[Finding(FIELD, problem)] if problem else [],
        csrf=here().access.csrf(DOOR, now()),
    )
