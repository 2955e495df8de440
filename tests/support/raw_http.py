"""HTTP written to the socket byte by byte."""

import socket


class Wire:
    """A connection to the real server, for what no client library would send."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, *pieces: bytes, seconds: float = 10) -> tuple[int, bytes]:
        """Status (0 for none) and the whole answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            answer = b""
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while chunk := connection.recv(65536):
                    answer += chunk
            except OSError:
                pass  # the server hung up early: what it said before counts
        return int(answer[9:12] or 0) if answer.startswith(b"HTTP/1.") else 0, answer

    def request(self, line: bytes, *headers: bytes, body: bytes = b"", seconds: float = 10) -> tuple[int, bytes]:
        host = b"Host: 127.0.0.1:%d" % self.port
        head = b"\r\n".join((line + b" HTTP/1.1", host, b"Connection: close", *headers))
        return self.send(head + b"\r\n\r\n", body, seconds=seconds)
