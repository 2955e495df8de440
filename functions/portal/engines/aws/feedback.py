"""What SES tells of an email after it took it: which notice came back, and why. Pure; stores nothing.

Taken is not delivered: that an address does not exist often shows only later, in an event of SES's configuration set.
The email says which notice it is by a header that its sender sets with ``reference``; SES hands the headers back.
"""

import json
from collections.abc import Mapping
from email.header import decode_header, make_header
from typing import Any, Final

from portal.core.notices import Identity
from portal.engines.mime import answer
from portal.engines.ports import CameBack

HEADER: Final = "X-Portal-Notice"


def reference(identity: Identity) -> str:
    """``["TTE-26-4F7K-9QXM", 3, "turn", "kadis@example.go.id", ""]``: the value of ``HEADER``.

    ASCII whatever the address, and with spaces, at which a header may be folded.
    """
    return json.dumps(identity)


def came_back(event: Mapping[str, Any]) -> CameBack | None:
    """What an event means for a notice; None if it is no news, or of an email that is none of ours.

    Args:
        event: as SES publishes it: the ``detail`` of an EventBridge event, or the parsed ``Message`` of SNS.
    """
    identity = _identity(event.get("mail", {}))
    if identity is None:
        return None
    match event.get("eventType"):
        case "Bounce":
            said = event["bounce"]
            answers = [recipient.get("diagnosticCode", "") for recipient in said["bouncedRecipients"]]
            # "Transient" is a full mailbox, say, for the hours that SES itself has tried. "Undetermined" is for a
            # person to look at.
            words = f"Bounce {said['bounceType']} {said['bounceSubType']}: {' '.join(answers)}"
            return CameBack(identity, answer(words), said["bounceType"] != "Transient")
        case "Complaint":
            # It arrived, but SES puts the address on its suppression list: the next email would not.
            said = event["complaint"]
            return CameBack(identity, answer(f"Complaint {said.get('complaintFeedbackType') or ''}"), True)
        case "Reject":
            return CameBack(identity, answer(f"Reject {event['reject'].get('reason', '')}"), True)
    return None


def _identity(mail: Mapping[str, Any]) -> Identity | None:
    for header in mail.get("headers", ()):
        if header["name"].lower() == HEADER.lower():
            # A long address may have been encoded on the way.
            value = str(make_header(decode_header(header["value"])))
            try:
                about, event, letter, recipient, occasion = json.loads(value)
                return str(about), int(event), str(letter), str(recipient), str(occasion)
            except (TypeError, ValueError):
                return None
    return None
