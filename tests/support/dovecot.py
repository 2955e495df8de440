"""A real IMAP server: Debian's Dovecot, with a mailbox for a user of a test's own."""

import grp
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.server import free_port

PROGRAM = "/usr/sbin/dovecot"
PASSWORD = 'sandi "rahasia" é'
USERS = [f"tte{number}@example.go.id" for number in range(40)]
FOLDER = "Pantulan"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
mail_location = maildir:{folder}/mail/%u
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
auth_mechanisms = plain login
mail_fsync = never
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {encrypted}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home
}}
namespace inbox {{
  inbox = yes
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """Attributes:
    plain, encrypted: ports.
    user: whose mailbox is spoken of.
    """

    folder: Path
    plain: int
    encrypted: int
    user: str = USERS[0]

    @property
    def tls(self) -> ssl.SSLContext:
        """Trusts this server."""
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    @contextmanager
    def person(self) -> Iterator[IMAP4]:
        """Somebody who looks into the mailbox with a mail program."""
        box = IMAP4("127.0.0.1", self.plain, timeout=20)
        try:
            box.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
            box.create(FOLDER)
            box.select(FOLDER)
            yield box
        finally:
            box.logout()

    def receive(self, *mails: bytes, at: datetime | None = None) -> None:
        """As if they had been delivered."""
        with self.person() as box:
            for mail in mails:
                assert box.append(FOLDER, "", at or datetime.now(UTC), mail)[0] == "OK"

    def seen(self) -> list[bool]:
        """Of every mail, oldest first, whether it counts as read."""
        with self.person() as box:
            _, found = box.fetch("1:*", "(FLAGS)")
        return [b"\\Seen" in line for line in found if isinstance(line, bytes)]

    def number_anew(self) -> None:
        """An empty mailbox in the place of this one."""
        with self.person() as box:
            box.close()
            box.delete(FOLDER)


@contextmanager
def dovecot(port: int = 0) -> Iterator[Dovecot]:
    """At that port, if one is named. Skips the test where there is no Dovecot; with REQUIRE_IMAP=1 fails it."""
    if not os.access(PROGRAM, os.X_OK):
        missing = "There is no Dovecot on this machine; with Debian: apt-get install dovecot-imapd"
        if os.environ.get("REQUIRE_IMAP", "0") not in ("", "0"):
            pytest.fail(missing)
        pytest.skip(missing)
    # Dovecot lets nobody read mail as root, so that root's tests run it as one who owns nothing else.
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    server = Dovecot(folder, port or free_port(), free_port())
    (folder / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in USERS), "utf-8")
    _certificate(folder)
    whose = {"owner": owner.pw_name, "group": grp.getgrgid(owner.pw_gid).gr_name}
    settings = CONFIG.format(folder=folder, plain=server.plain, encrypted=server.encrypted, **whose)
    (folder / "dovecot.conf").write_text(settings, "utf-8")
    for path in (folder, *folder.iterdir()):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    process = subprocess.Popen(
        [PROGRAM, "-F", "-c", str(folder / "dovecot.conf")],
        user=owner.pw_uid,
        group=owner.pw_gid,
        extra_groups=[] if os.getuid() == 0 else None,
        stderr=subprocess.DEVNULL,
    )
    try:
        _answers(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(server: Dovecot, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        with suppress(OSError, IMAP4.error):
            IMAP4("127.0.0.1", server.plain, timeout=5).shutdown()
            return
        time.sleep(0.1)
        if process.poll() is not None:
            break
    log = server.folder / "log"
    pytest.fail(f"Dovecot does not answer: {log.read_text('utf-8') if log.exists() else process.returncode}")


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(secret)
