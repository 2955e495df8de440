"""The rehearsing portal on AWS as moto plays it: the template's resources, the real handlers, no account, no Docker.

    make run-aws        # http://localhost:8000/_latihan

Browsers post documents straight to moto's S3; the table's stream is handed to the mailer, and the schedules' functions
are called, a little more often than on AWS. Everything is forgotten when it ends.
"""

import argparse
import io
import logging
import tempfile
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

from cloud import ROOT, Cloud, cloud
from waitress import create_server

from portal import bootstrap, bootstrap_aws

STREAM_EVERY: Final = 0.5
"""Seconds between looks at the table's stream."""

MINUTE_EVERY: Final = 20
"""Looks at the stream between two calls of the schedules; a rehearsal is in more of a hurry than an office."""

log = logging.getLogger("run_aws")


class Hands:
    """A thread that does what AWS does by itself; an error is logged, and the next round tries again."""

    def __init__(self, aws: Cloud) -> None:
        self._aws = aws
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Hands":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        rounds = 0
        while not self._stopped.wait(STREAM_EVERY):
            seldom = (self._aws.minute, self._aws.day) if rounds % MINUTE_EVERY == 0 else ()
            for event in (self._aws.stream, *seldom):
                self._hand_over(event)
            rounds += 1

    def _hand_over(self, event: Callable[[], None]) -> None:
        try:
            with redirect_stdout(io.StringIO()):  # what CloudWatch would read
                event()
        except Exception:
            log.exception("%s failed", event.__name__)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--port", type=int, default=8000)
    port = options.parse_args().port
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    address = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory() as folder, cloud(address) as aws:
        time_machine = bootstrap.TimeMachine(Path(folder) / "jam")
        house = aws.furnish(time_machine.now, time_machine=time_machine)
        app = bootstrap.with_site(bootstrap_aws.wsgi(house), ROOT / "build" / "site")
        server = create_server(app, host="127.0.0.1", port=port, threads=8, ident=None)
        print(f"The portal on AWS, rehearsing: {address}/_latihan   (moto's own page: {aws.endpoint}/moto-api/)")
        print(f"In the template, but not played by moto: {', '.join(aws.stack.left_out)}")
        with Hands(aws):
            server.run()


if __name__ == "__main__":
    main()
