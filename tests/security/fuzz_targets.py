"""Every parser of what strangers send, as (name, what is drawn, what is done with it): it gives an answer or its own
refusal, and nothing else happens. What the answer promises is checked too."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st
from pydantic import ValidationError

from call_engine.switch.address import parse_address
from call_engine.switch.reading import is_ours, read_channels, read_dump, read_event
from exchange_app.operator.hidden_numbers import hide
from exchange_app.recordings.sound import part_of
from exchange_domain import rate_list, scripts, webhooks
from exchange_domain.forms import FormError, check_answers, parse_form
from exchange_domain.importing import NumberRules
from exchange_domain.importing.limits import Limits
from exchange_domain.importing.numbers import normalise
from exchange_domain.importing.workbook import UnreadableList, open_workbook
from exchange_domain.messages import COMMANDS, LIVE
from exchange_domain.records import BadRecord, read_record
from exchange_domain.script_parts import parts
from exchange_domain.words import Outcome

TRANSCRIPTS = Path(__file__).parents[2] / "freeswitch" / "transcripts"
SMALL = Limits(file_bytes=2**20)


@dataclass(frozen=True)
class Target:
    name: str
    drawn: st.SearchStrategy[Any]
    tried: Callable[[Any], None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)


@cache
def real_events() -> list[dict[str, Any]]:
    lines = (TRANSCRIPTS / "event_json.jsonl").read_text().splitlines()
    found = [message["event_json"] for line in lines if "event_json" in (message := json.loads(line))]
    assert found
    return found


NAMES = st.sampled_from([
    "Event-Name", "Unique-ID", "Other-Leg-Unique-ID", "Bridge-B-Unique-ID", "Hangup-Cause", "Job-UUID", "_body",
    "Event-Subclass", "from-user", "call-id", "Channel-State", "Answer-State", "Caller-Channel-Answered-Time", "rows",
    "variable_exchange_call", "variable_current_loop",
])  # fmt: skip
KINDS = st.sampled_from([
    "CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_HANGUP", "BACKGROUND_JOB", "CUSTOM", "RECORD_START",
    "CHANNEL_PROGRESS", "HEARTBEAT", "",
])  # fmt: skip
HEADERS = st.dictionaries(NAMES | st.text(max_size=20), KINDS | JSON, max_size=8)


def event(headers: dict[str, Any]) -> None:
    read_event(headers)


def changed_event(drawn: tuple[int, dict[str, Any]]) -> None:
    of, changes = drawn
    real = real_events()
    read_event({**real[of % len(real)], **changes})


def dump(headers: dict[str, Any]) -> None:
    """The switch's answers are its own: only values of a wrong shape are drawn, as a changed switch might give them."""
    text = json.dumps(headers)
    for read in (read_dump, is_ours, read_channels):
        try:
            read(text)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def record(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        found = read_record(body)
    except BadRecord:
        return
    assert found.billed_s >= 0


VARIABLES = st.dictionaries(
    st.sampled_from(["uuid", "exchange_call", "billsec", "answer_uepoch", "end_uepoch", "hangup_cause",
                     "execute_on_answer_4"]),
    JSON | st.uuids().map(str) | st.integers(-10, 10**18).map(str), max_size=7,
)  # fmt: skip


def workbook(drawn: tuple[bytes, str]) -> None:
    data, ending = drawn
    try:
        open_workbook(data, f"list.{ending}", SMALL)
    except UnreadableList as refused:
        assert refused.code


LIST_BYTES = st.tuples(
    st.binary(max_size=2_000)
    | st.text(max_size=500).map(lambda t: t.encode("utf-8", "surrogatepass"))
    | st.text(max_size=300).map(lambda t: t.encode("cp1251", "replace"))
    | st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=12).map(
        lambda rows: "\n".join(";".join(row) for row in rows).encode("utf-8", "surrogatepass")
    ),
    st.sampled_from(["csv", "txt", "xlsx", "xls", "ods", "exe", ""]),
)


def number(text: str) -> None:
    found = normalise(text, NumberRules())
    if isinstance(found, str) and found.startswith("+"):
        assert found[1:].isascii() and found[1:].isdigit() and len(found) <= 16


def message(raw: bytes) -> None:
    for adapter in (COMMANDS, LIVE):
        try:
            adapter.validate_json(raw)
        except ValidationError:
            continue


MESSAGES = st.binary(max_size=200) | JSON.map(lambda body: json.dumps(body).encode()) | st.fixed_dictionaries(
    {"kind": st.sampled_from(["call_next", "close_call", "start_shift", "hang_up", "operator", "call", "manager"])},
    optional={name: JSON for name in ("operator_id", "call_id", "campaign_id", "key", "version", "state", "note")},
).map(lambda body: json.dumps(body).encode())  # fmt: skip


class Harmless(HTMLParser):
    """Fails at a tag, an attribute or an address that could do something."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in scripts.TAGS | {"mark"}, tag
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("a", "rel"), ("mark", "class")}, (tag, name)
            assert name != "href" or urlsplit(value or "").scheme in ("", "http", "https", "tel"), value


def script(drawn: tuple[str, dict[str, str]]) -> None:
    markdown, values = drawn
    for html in (scripts.render(markdown, values), *(p.html for p in parts(markdown, values).steps)):
        Harmless().feed(html)


MARKDOWN = st.lists(
    st.text(max_size=20) | st.sampled_from([
        "# ", "\n\n", "- [", "](javascript:alert(1))", "<script>", "<img src=x onerror=alert(1)>", "{{name}}", "{{",
        "}}",
        "`", "**", "> ", "|", "&#", "data:text/html,", "[a]: ", "<a href='javascript:x'>",
    ]), max_size=12,
).map("".join)  # fmt: skip
VALUES = st.dictionaries(st.sampled_from(["name", "company", "operator"]), st.text(max_size=30), max_size=3)


def form(drawn: tuple[Any, Any]) -> None:
    raw, answers = drawn
    try:
        fields = parse_form(raw)
    except FormError:
        return
    if isinstance(answers, dict):
        kept, _ = check_answers(fields, answers, Outcome.SUCCESS)
        assert set(kept) <= {field.key for field in fields}


FIELD = st.fixed_dictionaries(
    {}, optional={"key": st.text(max_size=8) | JSON, "label": st.text(max_size=8) | JSON,
                  "kind": st.sampled_from(["text", "number", "date", "choice", "several", "x"]) | JSON,
                  "required": st.booleans() | JSON, "options": st.lists(st.text(max_size=5), max_size=3) | JSON},
)  # fmt: skip


def prices(text: str) -> None:
    found, faults = rate_list.read(text, 2)
    assert found or faults
    assert all(cost >= 0 and prefix.startswith("+") for prefix, cost in found.items())


def byte_range(drawn: tuple[str, int]) -> None:
    header, size = drawn
    found = part_of(header, size)
    if found is not None:
        first, without = found
        assert 0 <= first <= without <= size


def web_address(text: str) -> None:
    try:
        url = webhooks.checked(text)
    except webhooks.WebhookError:
        return
    assert url.startswith("https://") and url.isascii() and "\n" not in url


def hidden(drawn: tuple[str, str, str]) -> None:
    before, digits, after = drawn
    shown = hide(before + digits + after, [f"+{digits}"])
    assert digits not in shown


def switch_address(drawn: tuple[str, str, str]) -> None:
    before, password, after = drawn
    try:
        parse_address(f"{before}{password}{after}")
    except ValueError as refused:
        assert password not in str(refused)


ADDRESSES = st.tuples(
    st.text(max_size=10) | st.just("esl://:"), st.from_regex(r"[a-z0-9]{9}", fullmatch=True),
    st.text(max_size=20) | st.text("@:0123abc", max_size=20),
)  # fmt: skip
TARGETS = (
    Target("events of the switch", HEADERS, event),
    Target("real events, changed", st.tuples(st.integers(0, 10_000), HEADERS), changed_event),
    Target("answers of the switch", HEADERS, dump),
    Target("call detail records", st.fixed_dictionaries({"variables": VARIABLES | JSON}) | JSON, record),
    Target("lists of contacts", LIST_BYTES, workbook),
    Target("telephone numbers", st.text(max_size=40) | st.text("+0123456789 ()-доб.x", max_size=25), number),
    Target("messages of the bus", MESSAGES, message),
    Target("scripts (Markdown)", st.tuples(MARKDOWN, VALUES), script),
    Target("forms and answers", st.tuples(st.lists(FIELD, max_size=4) | JSON, JSON), form),
    Target("carriers' prices", st.text(max_size=200) | st.text("+0123456789 .,;:\n", max_size=60), prices),
    Target("byte ranges", st.tuples(st.text(max_size=30) | st.text("bytes=0123456789-, ", max_size=20),
                                    st.integers(0, 10**6)), byte_range),
    Target("webhooks' addresses", st.text(max_size=60) | st.text("https:/.@#?[]%0123abc\n ", max_size=40), web_address),
    Target("hidden numbers", st.tuples(st.text(max_size=20), st.from_regex(r"[1-9][0-9]{10}", fullmatch=True),
                                       st.text(max_size=20)), hidden),
    Target("the switch's address", ADDRESSES, switch_address),
)  # fmt: skip
