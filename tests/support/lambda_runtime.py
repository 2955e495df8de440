"""AWS Lambda and API Gateway as far as a function can tell: AWS's own runtime client runs the unpacked package in a
process of its own, with nothing but the package on its path, and is served here with events.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import base64
import json
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

RUNTIME_CLIENT = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
ARN = "arn:aws:lambda:ap-southeast-3:123456789012:function:"


class Failed(Exception):
    """The function ended with an error, as CloudWatch would count it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A function that is ended hangs up in the middle of its next question."""


class Function:
    """One function of the package, warm after its first event."""

    def __init__(self, package: Path, client: Path, name: str, environment: Mapping[str, str]) -> None:
        self._events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._answers: queue.Queue[tuple[bool, bytes]] = queue.Queue()
        self._one_at_a_time = threading.Lock()  # as one environment of Lambda takes them
        self._name = name
        self._word = environment.get("ORIGIN_WORD", "")
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.log = package.parent / f"{name}.log"
        self._process = self._start(package, client, environment)

    def _start(self, package: Path, client: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        given = {
            **environment,
            "PYTHONPATH": f"{package}:{client}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": f"portal-{self._name}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "LAMBDA_TASK_ROOT": str(package),
            "TZ": ":UTC",
        }
        # The interpreter itself rather than the environment's, and without any site-packages.
        python = getattr(sys, "_base_executable", sys.executable)
        command = [python, "-S", "-B", "-m", "awslambdaric", f"{self._name}.handler"]
        with self.log.open("wb") as log:
            return subprocess.Popen(command, cwd=package, env=given, stdout=log, stderr=subprocess.STDOUT)

    def invoke(self, event: Any) -> Any:
        """What the handler returns. Raises Failed with what the function wrote and threw."""
        if self._word and "headers" in event:  # as CloudFront says it with every request
            event = {**event, "headers": {"x-origin-word": self._word, **event["headers"]}}
        with self._one_at_a_time:
            self._events.put((str(uuid.uuid4()), json.dumps(event).encode()))
            try:
                well, answer = self._answers.get(timeout=60)
            except queue.Empty:
                raise Failed(f"no answer: {self.log.read_text('utf-8')}") from None
        if not well:
            raise Failed(f"{answer.decode()} {self.log.read_text('utf-8')}")
        return json.loads(answer)

    def close(self) -> None:
        self._process.kill()
        self._process.wait(timeout=10)
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        function = self

        class RuntimeApi(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # /2018-06-01/runtime/invocation/next
                number, event = function._events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", number)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", f"{ARN}portal-{function._name}")
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event)

            def do_POST(self) -> None:  # .../invocation/<id>/response, .../invocation/<id>/error, .../init/error
                answer = self.rfile.read(int(self.headers["Content-Length"]))
                function._answers.put((self.path.endswith("/response"), answer))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return RuntimeApi


@contextmanager
def gateway(function: Function, port: int) -> Iterator[None]:
    """An HTTP API in front of a function, payload format 2.0, as CloudFront would call it."""

    class HttpApi(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = function.invoke(event(self.command, self.path, dict(self.headers), body))
            content = answer.get("body", "")
            content = base64.b64decode(content) if answer["isBase64Encoded"] else content.encode()
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                if name != "content-length":
                    self.send_header(name, value)
            for cookie in answer.get("cookies", ()):
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_HEAD = _pass_on

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), HttpApi)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def event(method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> dict[str, Any]:
    """A request as an HTTP API hands it to a function (payload format 2.0), come through CloudFront."""
    path, query = urlsplit(address).path, urlsplit(address).query
    host = "abc123.execute-api.ap-southeast-3.amazonaws.com"
    given = {name.lower(): value for name, value in headers.items() if name.lower() not in ("host", "cookie")}
    cookies = [part.strip() for part in headers.get("Cookie", "").split(";") if part.strip()]
    is_text = given.get("content-type", "").startswith("application/x-www-form-urlencoded")
    found: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": {
            **given,
            "host": host,
            "x-forwarded-for": "203.0.113.7, 64.252.123.45",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": host,
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "64.252.123.45",
                "userAgent": "Amazon CloudFront",
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
        },
        "isBase64Encoded": bool(body) and not is_text,
    }
    if cookies:
        found["cookies"] = cookies
    if body:
        found["body"] = body.decode() if is_text else base64.b64encode(body).decode()
    return found


def runtime_client(folder: Path) -> Path:
    """AWS's runtime client alone, out of the environment's many packages."""
    folder.mkdir()
    for name in RUNTIME_CLIENT:
        found = find_spec(name)
        assert found is not None
        assert found.origin is not None
        origin = Path(found.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return folder
