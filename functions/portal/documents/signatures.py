"""Who signed a PDF and when, by what lies in the file; it trusts no certificate, fetches nothing and sees no key."""

from io import BytesIO
from typing import Any

from portal.core.errors import DocumentRefused


def signatures(data: bytes) -> list[dict[str, str]]:
    """Every signature: ``by`` (subject of its certificate), ``at`` (ISO 8601 as it says itself, or empty).

    At least one covers the whole file, and all of them fit what they cover. Whether a certificate is to be believed is
    for its issuer's own verifier to say.

    Raises:
        DocumentRefused: unsigned, changed or added to after signing.
        Exception: the library's own, for a file it cannot cope with.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    embedded = PdfFileReader(BytesIO(data)).embedded_regular_signatures
    if not embedded:
        raise DocumentRefused("document_unsigned")
    if not all(map(_fits, embedded)):
        raise DocumentRefused("document_signature_broken")
    covered = [each.evaluate_signature_coverage() for each in embedded]
    if SignatureCoverageLevel.ENTIRE_FILE not in covered:
        raise DocumentRefused("document_signed_partly")
    return [{"by": each.signer_cert.subject.human_friendly, "at": _said_at(each)} for each in embedded]


def _fits(signature: Any) -> bool:
    """Is what it covers as it was when it was signed, by the key of the certificate in it?"""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    intact, valid = validate_sig_integrity(
        signature.signer_info,
        cert=signature.signer_cert,
        expected_content_type="data",
        actual_digest=signature.compute_digest(),
    )
    return bool(intact and valid)


def _said_at(signature: Any) -> str:
    at = signature.self_reported_timestamp
    return at.isoformat() if at else ""
