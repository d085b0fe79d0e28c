"""A page as the server sees it: the framework's socket, its events out, its deltas in. For gevent.

Engine.IO 4 and Socket.IO 5 as Reflex 0.10.1 speaks them; what they look like was captured from a browser.
"""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import gevent
import websocket
from gevent.event import Event
from gevent.lock import Semaphore

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
LOAD = f"{ROOT}.hydrate_and_load"
NAVIGATE = f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal"
SUFFIX = "_rx_state_"
ANSWER_S = 30.0


class Lost(Exception):
    """The socket went away, or what was waited for did not come."""


def state_name(module: str, name: str) -> str:
    """`exchange_app.operator.desk_state`, `desk` → as the framework calls it."""
    return f"{ROOT}.{module.replace('.', '___')}____{name}"


class LivePage:
    """One open page. `values[state][var]` is what its browser would know; `changed` is set at each delta."""

    def __init__(self, url: str, cookie: str, address: str, route: str = "") -> None:
        self._url, self._cookie = url, cookie
        self._token = str(uuid4())
        self._router = {"pathname": route or address, "asPath": address, "query": {}}
        self._socket: websocket.WebSocket | None = None
        self._reader: gevent.Greenlet | None = None
        self._sending = Semaphore()
        self.values: dict[str, dict[str, Any]] = {}
        self.redirects: list[str] = []
        self.changed = Event()
        self.on_delta: Callable[[dict[str, dict[str, Any]], float], None] | None = None
        """Told of each delta, with the moment (epoch seconds) it came."""
        self.received = 0

    # -- the socket ------------------------------------------------------------------------------

    def open(self) -> None:
        """Connects, and waits until the page has its state and its on_load is done. Raises Lost."""
        self.values.get(ROOT, {}).pop("is_hydrated", None)
        self._connect()
        self.wait(lambda: self.value(ROOT, "is_hydrated") is True)

    def _connect(self) -> None:
        address = f"ws{self._url.removeprefix('http')}/_event/?token={self._token}&EIO=4&transport=websocket"
        try:
            self._socket = websocket.create_connection(
                address, cookie=self._cookie, origin=self._url, timeout=ANSWER_S, enable_multithread=True
            )
            self._socket.recv()
            self._socket.settimeout(None)
            event = {"name": LOAD, "payload": {"vars": {}}, "router_data": self._router}
            self._send(f"40{NAMESPACE}," + json.dumps({"event": event}))
        except (OSError, websocket.WebSocketException) as refused:
            raise Lost(f"not connected: {type(refused).__name__}") from refused
        self._reader = gevent.spawn(self._read, self._socket)

    def cut(self) -> None:
        """The socket is gone, as a broken network leaves it; the page is not told."""
        if self._reader is not None:
            self._reader.kill(block=False)
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _send(self, text: str) -> None:
        if self._socket is None:
            raise Lost("no socket")
        with self._sending:
            try:
                self._socket.send(text)
            except (OSError, websocket.WebSocketException) as gone:
                raise Lost(f"not sent: {type(gone).__name__}") from gone

    def _read(self, socket: websocket.WebSocket) -> None:
        """Until the socket ends."""
        while True:
            try:
                said = socket.recv()
                frame = said if isinstance(said, str) else bytes(said).decode()
            except (OSError, websocket.WebSocketException):
                frame = ""
            if not frame:
                self._socket = None
                self.changed.set()
                return
            self.received += len(frame)
            if frame == "2":
                self._send("3")
            elif frame.startswith(f"42{NAMESPACE},"):
                self._take(json.loads(frame.partition(",")[2]))

    def _take(self, message: list[Any]) -> None:
        if message[0] == "new_token":
            self._token = message[1]
        if message[0] != "event":
            return
        update = message[1] if isinstance(message[1], dict) else json.loads(message[1])
        for event in update.get("events") or ():
            if event["name"] == "_redirect":
                self.redirects.append(str(event["payload"].get("path")))
        delta = update.get("delta") or {}
        for state, changes in delta.items():
            known = self.values.setdefault(state, {})
            for name, value in changes.items():
                known[name.removesuffix(SUFFIX)] = value
        if delta and self.on_delta is not None:
            self.on_delta(delta, time.time())
        if delta or update.get("events"):
            self.changed.set()

    # -- what a person does ----------------------------------------------------------------------

    def press(self, state: str, handler: str, **payload: Any) -> None:
        """Raises Lost."""
        event = {"name": f"{state}.{handler}", "payload": payload, "router_data": self._router}
        self._send(f"42{NAMESPACE}," + json.dumps(["event", event]))

    def go(self, address: str, route: str = "") -> None:
        """To another page of the app, in the same tab. Raises Lost."""
        self._router = {"pathname": route or address, "asPath": address, "query": {}}
        event = {"name": NAVIGATE, "payload": {}, "router_data": self._router}
        self._send(f"42{NAMESPACE}," + json.dumps(["event", event]))

    def wait(self, fits: Callable[[], bool], seconds: float = ANSWER_S) -> float:
        """Seconds until it was so. Raises Lost when the socket went away or the time was over."""
        began = time.perf_counter()
        while not fits():
            self.changed.clear()
            if fits():
                break
            left = seconds - (time.perf_counter() - began)
            if left <= 0:
                raise Lost("nothing came in time")
            self.changed.wait(left)
            if self._socket is None:
                raise Lost("the socket ended")
        return time.perf_counter() - began

    def value(self, state: str, name: str, otherwise: Any = None) -> Any:
        return self.values.get(state, {}).get(name, otherwise)
