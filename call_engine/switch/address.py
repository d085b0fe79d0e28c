"""Where the event socket listens."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

DEFAULT_PORT = 8021


@dataclass(frozen=True, slots=True)
class SwitchAddress:
    host: str
    port: int
    password: str


def parse_address(url: str) -> SwitchAddress:
    """Reads `esl://:PASSWORD@HOST:PORT`. Raises ValueError that says what is wrong, without the password."""
    parts = urlsplit(url)
    if parts.scheme != "esl" or not parts.hostname:
        raise ValueError("SWITCH_URL: expected esl://:PASSWORD@HOST:PORT")
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise ValueError("SWITCH_URL: the port is not a number") from None
    return SwitchAddress(parts.hostname, port, unquote(parts.password or ""))
