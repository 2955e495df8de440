"""Which templates each walk for barriers sees in every way: light and dark, at 320 and at 1280 px."""

from collections.abc import Mapping

WALKS: Mapping[str, frozenset[str]] = {
    "applying": frozenset(
        {
            "applicant/confirm.html",
            "apply/acknowledgement.html",
            "apply/arrived.html",
            "apply/check.html",
            "apply/documents.html",
            "apply/form.html",
            "apply/parts.html",
            "apply/saved.html",
            "apply/sent.html",
            "apply/upload_refused.html",
        }
    ),
    "for several": frozenset(
        {
            "apply/documents.html",
            "batch/add.html",
            "batch/drop.html",
            "batch/form.html",
            "batch/letter.html",
            "batch/list.html",
            "batch/sent.html",
            "batch/show.html",
        }
    ),
    "case": frozenset(
        {
            "applicant/acknowledgement.html",
            "applicant/call_off.html",
            "applicant/handover.html",
            "applicant/left.html",
            "applicant/mend.html",
            "applicant/show.html",
            "applicant/slots.html",
            "applicant/withdraw.html",
            "official/case.html",
            "official/code.html",
            "official/desk.html",
            "official/desk_sent.html",
            "official/document.html",
            "official/moved_on.html",
            "official/receipt.html",
            "official/sheet.html",
            "official/together.html",
            "official/together_done.html",
            "official/visit.html",
        }
    ),
    "preview": frozenset({"preview/start.html", "preview/step.html", "preview/letters.html", "preview/unfit.html"}),
    "public": frozenset(
        {
            "applicant/ask_link.html",
            "error.html",
            "genuine.html",
            "official/desk_link.html",
            "recap/show.html",
            "rehearsal/clock.html",
            "rehearsal/mailbox.html",
            "rehearsal/start.html",
            "status/ask.html",
            "status/show.html",
        }
    ),
    "register": frozenset(
        {
            "applicant/renew.html",
            "official/entry.html",
            "official/entry_check.html",
            "official/register.html",
            "official/register_import.html",
        }
    ),
    "clerk": frozenset(
        {
            "clerk/ahead.html",
            "clerk/amend.html",
            "clerk/amend_check.html",
            "clerk/appoint.html",
            "clerk/case.html",
            "clerk/cases.html",
            "clerk/code.html",
            "clerk/desk.html",
            "clerk/enter.html",
            "clerk/erase.html",
            "clerk/erased.html",
            "clerk/follows.html",
            "clerk/handouts.html",
            "clerk/mail.html",
            "clerk/official.html",
            "clerk/people.html",
            "clerk/privacy.html",
            "clerk/stuck.html",
            "clerk/visit.html",
            "clerk/visits.html",
        }
    ),
    "services": frozenset(
        {
            "apply/by_official.html",
            "apply/services.html",
            "official/registers.html",
            "recap/overview.html",
        }
    ),
    "begun for somebody": frozenset(
        {
            "applicant/show.html",
            "apply/arrived.html",
            "apply/check.html",
            "apply/documents.html",
            "apply/form.html",
            "apply/sent.html",
            "official/case.html",
            "official/receipt.html",
        }
    ),
    "signed letter": frozenset({"applicant/show.html", "apply/arrived.html", "official/case.html"}),
}
