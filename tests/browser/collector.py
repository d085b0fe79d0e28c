"""A collector of traces on loopback, and what must stand in no trace and no log."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Collector:
    url: str
    bodies: list[bytes] = field(default_factory=list)

    def steps(self, trace_id: bytes) -> set[tuple[str, str]]:
        """(program, name) of each step of a trace."""
        found = set()
        for body in self.bodies:
            for of_program in ExportTraceServiceRequest.FromString(body).resource_spans:
                names = {a.key: a.value.string_value for a in of_program.resource.attributes}
                for scope in of_program.scope_spans:
                    found |= {(names["service.name"], s.name) for s in scope.spans if s.trace_id == trace_id}
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    found = Collector("")

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def told(secrets: Iterable[str], *said: str | bytes) -> set[str]:
    """Which of the secrets stand in something that was said."""
    everything = b"\n".join(each.encode() if isinstance(each, str) else each for each in said)
    return {secret for secret in secrets if len(secret) > 3 and secret.encode() in everything}
