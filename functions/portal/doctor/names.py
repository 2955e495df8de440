"""What the DNS says: where the portal is, and who may send in the name of its domain.

Sources: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC).
"""

import ipaddress
from collections.abc import Sequence
from typing import Protocol

from portal.doctor.findings import Finding, bad, good, noted


class Silent(Exception):
    """No server of the DNS answers, so that nothing is known; not that there is no such name."""


class Resolver(Protocol):
    """Asks the DNS; a name that does not exist has no records. Raises ``Silent``."""

    def addresses(self, name: str) -> Sequence[str]: ...

    def texts(self, name: str) -> Sequence[str]: ...


class Dns:
    """``Resolver`` by the servers that this machine asks.

    Args:
        seconds: that one question may take.
    """

    def __init__(self, seconds: float = 5) -> None:
        self._seconds = seconds

    def addresses(self, name: str) -> Sequence[str]:
        return [*self._ask(name, "A"), *self._ask(name, "AAAA")]

    def texts(self, name: str) -> Sequence[str]:
        return self._ask(name, "TXT")

    def _ask(self, name: str, kind: str) -> list[str]:
        from dns import exception, resolver

        try:
            found = resolver.resolve(name, kind, lifetime=self._seconds)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return []
        except exception.DNSException as problem:
            raise Silent from problem
        # A text is handed out in pieces of 255 bytes.
        return [b"".join(each.strings).decode("utf-8", "replace") if kind == "TXT" else str(each) for each in found]


def look(resolver: Resolver, host: str, domain: str, selector: str) -> list[Finding]:
    """All that the DNS is asked.

    Args:
        host: of the public address.
        domain: of the sender.
        selector: under which the relay signs (DKIM); empty if nobody has said.
    """
    try:
        return [
            _address(resolver, host),
            _spf(resolver, domain),
            _dkim(resolver, domain, selector),
            _dmarc(resolver, domain),
        ]
    except Silent:
        return [bad("address", "dns_silent", domain=host)]


def _address(resolver: Resolver, host: str) -> Finding:
    found = resolver.addresses(host)
    if not found:
        return bad("address", "address_none", host=host)
    said = ", ".join(found)
    if any(ipaddress.ip_address(each).is_private for each in found):
        return noted("address", "address_private", host=host, found=said)
    return good("address", "address_found", host=host, found=said)


def _spf(resolver: Resolver, domain: str) -> Finding:
    found = [text for text in resolver.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return bad("spf", "spf_none", domain=domain)
    if len(found) > 1:
        return bad("spf", "spf_several", domain=domain, number=len(found))
    terms = found[0].lower().split()[1:]
    if {"all", "+all"} & set(terms):
        return bad("spf", "spf_everybody", domain=domain, found=found[0])
    if not any(term in ("-all", "~all") or term.startswith("redirect=") for term in terms):
        return noted("spf", "spf_open", domain=domain, found=found[0])
    return good("spf", "spf_found", found=found[0])


def _dkim(resolver: Resolver, domain: str, selector: str) -> Finding:
    if not selector:
        return noted("dkim", "dkim_unknown", domain=domain)
    name = f"{selector}._domainkey.{domain}"
    found = [_tags(text) for text in resolver.texts(name)]
    keys = [tags["p"] for tags in found if "p" in tags]
    if not keys:
        return bad("dkim", "dkim_none", name=name)
    return good("dkim", "dkim_found", name=name) if any(keys) else bad("dkim", "dkim_revoked", name=name)


def _dmarc(resolver: Resolver, domain: str) -> Finding:
    """Of the domain, or of the nearest one above it that says anything."""
    labels = domain.split(".")
    for depth in range(len(labels) - 1):
        name = "_dmarc." + ".".join(labels[depth:])
        found = [_tags(text) for text in resolver.texts(name) if text.upper().startswith("V=DMARC1")]
        if len(found) > 1:
            return bad("dmarc", "dmarc_several", name=name, number=len(found))
        if found:
            policy = found[0].get("p" if depth == 0 else "sp", found[0].get("p", "none")).lower()
            weak = policy not in ("quarantine", "reject")
            return noted("dmarc", "dmarc_none_asked", name=name) if weak else good("dmarc", "dmarc_found", name=name)
    return bad("dmarc", "dmarc_none", domain=domain)


def _tags(text: str) -> dict[str, str]:
    """``v=DMARC1; p=none`` as keys and values."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip().lower(): value.strip() for key, _, value in pairs if key.strip()}
