"""A command's key is its trace: spans of programs that know nothing of each other hang together."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from observability import tracing


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("exchange"))
    yield exporter
    provider.shutdown()


def _trace(span: ReadableSpan) -> int:
    found = span.get_span_context()
    assert found is not None
    return found.trace_id


def test_steps_of_one_key_are_one_trace(spans: InMemorySpanExporter):
    key, other = uuid4(), uuid4()
    for name in ("press", "command", "Claim", "publish", "show"):
        with tracing.span(name, key, operator_id=7):
            pass
    with tracing.span("press", other):
        pass
    found = spans.get_finished_spans()
    assert [s.name for s in found] == ["press", "command", "Claim", "publish", "show", "press"]
    assert [_trace(s) for s in found] == [key.int] * 5 + [other.int]
    assert {s.parent.span_id for s in found[:5] if s.parent} == {tracing.beginning_of(key).span_id}
    assert found[0].attributes is not None and dict(found[0].attributes) == {"operator_id": 7}


def test_a_step_inside_another_hangs_on_the_press_too(spans: InMemorySpanExporter):
    key = uuid4()
    with tracing.span("Claim", key), tracing.span("publish", key):
        pass
    assert {s.parent.span_id for s in spans.get_finished_spans() if s.parent} == {tracing.beginning_of(key).span_id}


def test_without_a_key_nothing_is_recorded_and_an_error_goes_through(spans: InMemorySpanExporter):
    with tracing.span("publish", None):
        pass
    with pytest.raises(ValueError, match="Иван"), tracing.span("publish", uuid4()):
        raise ValueError("Иван Петров, +7 921 555-00-01")
    [failed] = spans.get_finished_spans()
    said = json.loads(failed.to_json())
    assert said["attributes"] == {"error.type": "ValueError"} and said["status"] == {"status_code": "ERROR"}
    assert said["events"] == [], "an error's words may hold a name"


def test_without_an_address_nothing_is_set_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    before = trace.get_tracer_provider()
    tracing.set_up("engine")
    assert trace.get_tracer_provider() is before
