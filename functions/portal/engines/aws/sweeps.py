"""The items of how far each sweep came."""

from portal.engines.aws.dynamodb import Key, Table


class DynamoSweeps:
    """What ``sweeps.Sweeps`` promises."""

    _table: Table

    def reached(self, sweep: str) -> str:
        found = self._table.get(_key(sweep))
        return str(found["place"]) if found else ""

    def keep_reached(self, sweep: str, place: str) -> None:
        self._table.update(_key(sweep), "SET place = :place", {":place": place})


def _key(sweep: str) -> Key:
    """``SWEEP#documents/penerbitan``, ``SWEEP``"""
    return {"PK": f"SWEEP#{sweep}", "SK": "SWEEP"}
