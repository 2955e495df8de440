"""What is made of what the DNS says."""

from collections.abc import Sequence
from typing import Any

import pytest
from dns import exception, resolver
from dns.rdata import Rdata, from_text

from portal.doctor.findings import Finding
from portal.doctor.names import Dns, Silent, look
from tests.support.zone import DMARC, SPF, WELL, Zone

Served = dict[tuple[str, str], list[str] | Exception]


def found(said: dict[str, list[str]], selector: str = "relai", domain: str = "example.go.id") -> dict[str, Finding]:
    return {each.about: each for each in look(Zone(said), "tte.example.go.id", domain, selector)}


def test_a_domain_that_is_set_up_is_good_in_all() -> None:
    assert {each.level for each in found(WELL).values()} == {"good"}


@pytest.mark.parametrize(
    ("about", "name", "said", "level", "code"),
    [
        ("address", "tte.example.go.id", [], "bad", "address_none"),
        ("address", "tte.example.go.id", ["10.1.2.3"], "noted", "address_private"),
        ("address", "tte.example.go.id", ["2001:4860:4860::8888"], "good", "address_found"),
        ("spf", "example.go.id", [], "bad", "spf_none"),
        ("spf", "example.go.id", ["v=spf10 -all"], "bad", "spf_none"),
        ("spf", "example.go.id", [SPF, "v=spf1 -all"], "bad", "spf_several"),
        ("spf", "example.go.id", ["v=spf1 +all"], "bad", "spf_everybody"),
        ("spf", "example.go.id", ["v=spf1 mx all"], "bad", "spf_everybody"),
        ("spf", "example.go.id", ["v=spf1 mx ?all"], "noted", "spf_open"),
        ("spf", "example.go.id", ["V=SPF1 mx ~ALL"], "good", "spf_found"),
        ("spf", "example.go.id", ["v=spf1 redirect=_spf.example.net"], "good", "spf_found"),
        ("dkim", "relai._domainkey.example.go.id", [], "bad", "dkim_none"),
        ("dkim", "relai._domainkey.example.go.id", ["v=DKIM1; p="], "bad", "dkim_revoked"),
        ("dkim", "relai._domainkey.example.go.id", ["k=rsa; p=MIGf"], "good", "dkim_found"),
        ("dmarc", "_dmarc.example.go.id", [], "bad", "dmarc_none"),
        ("dmarc", "_dmarc.example.go.id", [DMARC, DMARC], "bad", "dmarc_several"),
        (
            "dmarc",
            "_dmarc.example.go.id",
            ["v=DMARC1; p=none; rua=mailto:a@example.go.id"],
            "noted",
            "dmarc_none_asked",
        ),
        ("dmarc", "_dmarc.example.go.id", ["v=DMARC1;p=Quarantine"], "good", "dmarc_found"),
    ],
)
def test_what_is_said_decides(about: str, name: str, said: list[str], level: str, code: str) -> None:
    others = found({**WELL, name: said})
    one = others.pop(about)
    assert (one.level, one.code) == (level, code)
    assert {each.level for each in others.values()} == {"good"}


def test_without_a_selector_nothing_is_known_of_keys() -> None:
    assert found(WELL, selector="")["dkim"].code == "dkim_unknown"


def test_the_policy_of_the_domain_above_holds_for_what_lies_below() -> None:
    below = {**WELL, "mail.example.go.id": [SPF]}
    assert found(below, domain="mail.example.go.id")["dmarc"].level == "good"
    asked = {**below, "_dmarc.example.go.id": ["v=DMARC1; p=reject; sp=none"]}
    assert found(asked, domain="mail.example.go.id")["dmarc"].code == "dmarc_none_asked"


def test_a_dns_that_is_silent_says_nothing_of_the_domain() -> None:
    class Nobody(Zone):
        def texts(self, name: str) -> Sequence[str]:
            raise Silent

    assert [each.code for each in look(Nobody(WELL), "tte.example.go.id", "example.go.id", "")] == ["dns_silent"]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """What the servers of the DNS have for a name and a kind, as zone files say it; nothing else is there."""
    zone: Served = {}
    missing: Any = resolver.NXDOMAIN

    def resolve(name: str, kind: str, lifetime: float) -> list[Rdata]:
        found = zone.get((name, kind), missing())
        if isinstance(found, Exception):
            raise found
        return [from_text("IN", kind, each) for each in found]

    monkeypatch.setattr(resolver, "resolve", resolve)
    return zone


def test_texts_are_joined_and_addresses_of_both_kinds_found(served: Served) -> None:
    served["example.go.id", "TXT"] = ['"v=spf1 mx " "-all"', '"other"']
    served["tte.example.go.id", "AAAA"] = ["2001:4860:4860::8888"]
    assert Dns().texts("example.go.id") == ["v=spf1 mx -all", "other"]
    assert Dns().addresses("tte.example.go.id") == ["2001:4860:4860::8888"]
    assert Dns().texts("nothing.example.go.id") == []


@pytest.mark.parametrize("problem", [exception.Timeout, resolver.NoNameservers])
def test_servers_that_do_not_answer_are_told_from_names_that_are_not_there(served: Served, problem: Any) -> None:
    served["example.go.id", "TXT"] = problem()
    with pytest.raises(Silent):
        Dns().texts("example.go.id")
