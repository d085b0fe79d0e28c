"""One trace from a key press to the screen: OpenTelemetry, by OTLP to OTEL_EXPORTER_OTLP_ENDPOINT; without it nothing.

A command's key is its trace's id, and the call that comes of it has the same one: programs need not hand anything on.
Attributes are ids and words of the field, never names, numbers, notes or tokens.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_tracer = trace.get_tracer("exchange")


def set_up(program: str) -> None:
    """For the whole process. Settings are OpenTelemetry's own: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER …"""
    if not os.environ.get(ENDPOINT):
        return
    # Here and not above: who sends nothing need not load it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"exchange-{program}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def beginning_of(key: UUID) -> SpanContext:
    """The span that all of a trace's spans hang on: the key press itself, which nobody records twice."""
    first = int.from_bytes(hashlib.sha256(key.bytes).digest()[:8]) or 1
    return SpanContext(key.int, first, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


@contextmanager
def span(name: str, key: UUID | None, **attributes: str | int | bool) -> Iterator[None]:
    """A step of the trace of a command or call. Without a key it belongs to no trace, and nothing is recorded."""
    if key is None:
        yield
        return
    parent = trace.set_span_in_context(NonRecordingSpan(beginning_of(key)), context.Context())
    with _tracer.start_as_current_span(
        name, context=parent, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as step:
        try:
            yield
        except Exception as failed:
            # The kind of an error and not its words: they may hold a name or a number.
            step.set_status(StatusCode.ERROR)
            step.set_attribute("error.type", type(failed).__name__)
            raise
