"""One event of the switch and its two forms on the wire."""

import json
import re
from urllib.parse import quote

Headers = list[tuple[str, str]]

# What FreeSWITCH leaves as it is in a header's value; all else is percent-encoded.
_SAFE = "!$'()*,/-._~|\t"
_NEEDS_QUOTING = re.compile(r"[^A-Za-z0-9!$'()*,/\-._~|\t]")


def encode_value(value: str) -> str:
    """A header's value as it stands in `event plain`."""
    return quote(value, safe=_SAFE) if _NEEDS_QUOTING.search(value) else value


class Event:
    """An event: headers in order (a name may come twice), an optional body. Rendered at most once a form."""

    __slots__ = ("_json", "_plain", "body", "headers", "name", "subclass")

    def __init__(self, name: str, headers: Headers, body: str = "", subclass: str = "") -> None:
        self.name = name
        self.subclass = subclass
        self.body = body
        self.headers = headers
        if body:
            headers.append(("Content-Length", str(len(body.encode()))))
        self._plain: bytes | None = None
        self._json: bytes | None = None

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name), default)

    def text(self) -> str:
        """Headers and body as in `event plain`, without the frame."""
        lines = "".join(f"{name}: {encode_value(value)}\n" for name, value in self.headers)
        return f"{lines}\n{self.body}"

    def json_text(self) -> str:
        """The same as JSON; a repeated header is a repeated key, as the switch writes it."""
        pairs = [f"{json.dumps(n)}:{json.dumps(v, ensure_ascii=False)}" for n, v in self.headers]
        if self.body:
            pairs.append(f'"_body":{json.dumps(self.body, ensure_ascii=False)}')
        return "{" + ",".join(pairs) + "}"

    def frame(self, form: str) -> bytes:
        """The whole message in `plain` or `json`."""
        if form == "json":
            if self._json is None:
                self._json = _frame("text/event-json", self.json_text())
            return self._json
        if self._plain is None:
            self._plain = _frame("text/event-plain", self.text())
        return self._plain


def _frame(content_type: str, text: str) -> bytes:
    data = text.encode()
    return b"Content-Length: %d\nContent-Type: %s\n\n%s" % (len(data), content_type.encode(), data)
