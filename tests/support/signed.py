"""Letters signed with a certificate of our own making: whole, added to afterwards, and changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from asn1crypto import keys
from asn1crypto import x509 as certificates
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.support.document_specimens import pdf

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def signer(name: str) -> signers.SimpleSigner:
    """Somebody with a key and a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 7, SINCE, SINCE + timedelta(days=3650))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    registry: Any = SimpleCertificateStore
    der, plain = serialization.Encoding.DER, serialization.NoEncryption()
    return signers.SimpleSigner(
        signing_cert=certificates.Certificate.load(certificate.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(der, serialization.PrivateFormat.PKCS8, plain)),
        cert_registry=registry(),
    )


def signed(*names: str, data: bytes = b"") -> bytes:
    """A letter that these people signed one after the other."""
    content = data or pdf()
    for name in names:
        writer, field = IncrementalPdfFileWriter(BytesIO(content)), signers.PdfSignatureMetadata(field_name=name)
        # In a thread of its own, as the library runs a loop there, and a test's own may have one that runs already.
        with ThreadPoolExecutor(1) as apart:
            content = apart.submit(signers.sign_pdf, writer, field, signer=signer(name)).result().getvalue()
    return content


def added_to(letter: bytes) -> bytes:
    """The same, with something added after it was signed."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(letter))
    out = BytesIO()
    writer.root["/Lang"] = TextStringObject("id")
    writer.update_root()
    writer.write(out)
    return out.getvalue()


def changed(letter: bytes) -> bytes:
    """The same, with one letter of its content changed after it was signed."""
    place = letter.index(b"%PDF-1.") + 7
    return letter[:place] + (b"3" if letter[place : place + 1] != b"3" else b"4") + letter[place + 1 :]
