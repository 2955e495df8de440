"""What is kept of closed cases."""

from typing import Any

MINUTES = {"pengajuan": 0, "telaah_kadis": 10, "pemeriksaan": 12}


def kept(closed: str, office: str, outcome: str = "done", **changes: Any) -> dict[str, Any]:
    """What ``fact`` keeps of a case."""
    valid = {"valid_until": "2028-11-30"} if outcome == "done" else {"valid_until": ""}
    said = {"ticket": f"{closed}{office}", "service": "penerbitan", "received": closed, "rounds": 1, "returns": 0}
    return {**said, "closed": closed, "office": office, "outcome": outcome, "minutes": MINUTES, **valid, **changes}
