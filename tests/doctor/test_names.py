"""What is made of what the DNS says."""

from collections.abc import Sequence

import pytest

from portal.doctor.findings import Finding
from portal.doctor.names import Silent, look
from tests.support.zone import DMARC, SPF, WELL, Zone


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
