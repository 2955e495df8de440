"""What SES tells of an email after it took it: which notices came back, and why. Pure; stores nothing.

Taken is not delivered: that an address does not exist often shows only later, in an event of SES's configuration set.
The email says which notices are in it by a header that its sender sets with ``reference``; SES hands the headers back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.header import decode_header, make_header
from typing import Any, Final

from portal.core.notices import Identity
from portal.engines.mime import answer
from portal.engines.ports import CameBack, Message

HEADER: Final = "X-Portal-Notice"


def reference(identities: Sequence[Identity]) -> str:
    """``["TTE-26-4F7K-9QXM", 3, "turn", "kadis@example.go.id", ""]``: the value of ``HEADER``.

    ASCII whatever the address, and with spaces, at which a header may be folded. Of further notices in the same email
    to the same person all but the address follows, since SES hands back no more than 10 kB of headers:
    ``["TTE-26-4F7K-9QXM", 3, "turn", "kadis@example.go.id", "", ["TTE-26-7777-777M", 3, "turn", ""]]``.
    """
    first, *further = identities
    return json.dumps([*first, *([about, event, letter, at] for about, event, letter, _, at in further)])


def marked(message: Message, identities: Sequence[Identity]) -> Message:
    """The message as it goes out, with the header that says which notices are in it."""
    return replace(message, headers={**message.headers, HEADER: reference(identities)})


def came_back(event: Mapping[str, Any]) -> CameBack | None:
    """What an event means for a notice; None if it is no news, or of an email that is none of ours.

    Args:
        event: as SES publishes it: the ``detail`` of an EventBridge event, or the parsed ``Message`` of SNS.
    """
    identities = _identities(event.get("mail", {}))
    if not identities:
        return None
    match event.get("eventType"):
        case "Bounce":
            said = event["bounce"]
            answers = [recipient.get("diagnosticCode", "") for recipient in said["bouncedRecipients"]]
            # "Transient" is a full mailbox, say, for the hours that SES itself has tried. "Undetermined" is for a
            # person to look at.
            words = f"Bounce {said['bounceType']} {said['bounceSubType']}: {' '.join(answers)}"
            return CameBack(identities, answer(words), said["bounceType"] != "Transient")
        case "Complaint":
            # It arrived, but SES puts the address on its suppression list: the next email would not.
            said = event["complaint"]
            return CameBack(identities, answer(f"Complaint {said.get('complaintFeedbackType') or ''}"), True)
        case "Reject":
            return CameBack(identities, answer(f"Reject {event['reject'].get('reason', '')}"), True)
    return None


def _identities(mail: Mapping[str, Any]) -> list[Identity]:
    for header in mail.get("headers", ()):
        if header["name"].lower() == HEADER.lower():
            # A long address may have been encoded on the way.
            value = str(make_header(decode_header(header["value"])))
            try:
                about, event, letter, recipient, occasion, *further = json.loads(value)
                told = [(about, event, letter, occasion), *further]
                return [(str(a), int(number), str(of), str(recipient), str(at)) for a, number, of, at in told]
            except (TypeError, ValueError):
                return []
    return []
