"""Parts of HTTP messages: types and bodies of requests, the policy of an answer."""

from werkzeug.test import TestResponse

FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


def policy(answer: TestResponse) -> set[str]:
    return {rule.strip() for rule in answer.headers["Content-Security-Policy"].split(";")}


def multipart(fields: dict[str, str], content: bytes, name: str = "a.pdf") -> bytes:
    """The body of an upload form: its fields in order, and the file last."""
    head = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n' for key, text in fields.items()
    )
    head += f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--b--\r\n"
