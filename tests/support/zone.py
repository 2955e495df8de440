"""A DNS of a few names, and what it says of a domain that is set up as it should be."""

from collections.abc import Sequence

SPF, DKIM, DMARC = "v=spf1 mx ip4:192.0.2.7 -all", "v=DKIM1; k=rsa; p=MIGf", "v=DMARC1; p=reject"
WELL = {
    "tte.example.go.id": ["9.9.9.9"],
    "example.go.id": ["google-site-verification=x", SPF],
    "relai._domainkey.example.go.id": [DKIM],
    "_dmarc.example.go.id": [DMARC],
}


class Zone:
    """``Resolver`` of a few names: addresses of hosts and texts of all others."""

    def __init__(self, said: dict[str, list[str]]) -> None:
        self._said = said

    def addresses(self, name: str) -> Sequence[str]:
        return self._said.get(name, [])

    def texts(self, name: str) -> Sequence[str]:
        return self._said.get(name, [])
