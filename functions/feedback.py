"""Lambda: hears from SES which emails came back, so that they are not thought delivered."""

from typing import Any

from portal.bootstrap_aws import discreet, warm
from portal.engines.aws.feedback import came_back
from portal.engines.ports import HearsBack
from portal.house import House


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> None:
    """An event of EventBridge; one that is no news of ours changes nothing."""
    word = came_back(event["detail"])
    if word is not None:
        office = (house or warm()).office
        if not isinstance(office.records, HearsBack):
            raise TypeError("records that hear nothing back")
        office.records.came_back(word, office.clock())
