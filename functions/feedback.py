"""Lambda: hears from SES which emails came back, so that they are not thought delivered."""

from typing import Any

from portal.bootstrap_aws import discreet, warm
from portal.engines.aws.feedback import came_back
from portal.house import House


@discreet
def handler(event: dict[str, Any], context: Any, house: House | None = None) -> None:
    """An event of EventBridge; one that is no news of ours changes nothing."""
    word = came_back(event["detail"])
    if word is not None:
        office = (house or warm()).office
        office.records.came_back(word, office.clock())
