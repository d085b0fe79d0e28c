"""The switch's event socket for the checks: one connection, one command after the other."""

import socket
from types import TracebackType
from typing import Self

from launcher.ports import LOOPBACK


class Refused(Exception):
    """The event socket did not accept the password."""


class EventSocket:
    """`with EventSocket(port, password) as switch: switch.api("status")`. Raises OSError, Refused."""

    def __init__(self, port: int, password: str, patience: float = 10.0):
        self._address = (LOOPBACK, port)
        self._password = password
        self._patience = patience

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(self._address, self._patience)
        self._file = self._socket.makefile("rb")
        try:
            self._message()
            self._send(f"auth {self._password}")
            if not self._message()[0].get("Reply-Text", "").startswith("+OK"):
                raise Refused
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def api(self, command: str) -> str:
        """The answer's text, without the line's end."""
        self._send(f"api {command}")
        return self._message()[1].strip()

    def _send(self, line: str) -> None:
        if "\n" in line:
            raise ValueError("a command is one line")
        self._socket.sendall(f"{line}\n\n".encode())

    def _message(self) -> tuple[dict[str, str], str]:
        headers: dict[str, str] = {}
        while line := self._file.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            headers[name] = value
        if not headers:
            raise ConnectionError("the event socket closed the connection")
        length = int(headers.get("Content-Length", 0))
        return headers, self._file.read(length).decode()
