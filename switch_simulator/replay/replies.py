"""Whether two replies say the same: exactly, or apart from what differs from run to run (times, counters, uuids)."""

from __future__ import annotations

import json
import re
from typing import Any

from switch_simulator.replay.transcript import Received, one

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Replies with figures of the moment: only their form is the same.
_MOMENTARY = ("status", "uptime", "strepoch", "sofia status", "sofia xmlstatus", "fsctl last_sps", "create_uuid")
_ROW_VALUES = (
    "uuid",
    "direction",
    "name",
    "state",
    "callstate",
    "dest",
    "application",
    "b_uuid",
    "b_callstate",
    "presence_id",
    "reg_user",
    "realm",
    "cid_num",
    "callee_num",
)
_DUMPED = (
    "Event-Name",
    "Channel-State",
    "Channel-Call-State",
    "Answer-State",
    "Unique-ID",
    "Channel-Name",
    "Other-Leg-Unique-ID",
    "Other-Type",
    "variable_uuid",
    "variable_bridge_uuid",
    "variable_signal_bond",
    "variable_endpoint_disposition",
)


def same_reply(command: str, wanted: Received, came: Received, racing: bool = False) -> bool:
    """Compares Reply-Text and body. `racing`: a leg has just changed, and the core's tables are behind."""
    text, other = one(wanted.headers.get("Reply-Text")), one(came.headers.get("Reply-Text"))
    if _UUID.sub("<uuid>", text) != _UUID.sub("<uuid>", other):
        return False
    if ("Job-UUID" in wanted.headers) != ("Job-UUID" in came.headers):
        return False
    query = _without_verb(command)
    if racing and query.startswith(("show channels", "show calls", "show bridged_calls")):
        return _same_legs(wanted.body, came.body)
    return same_body(query, wanted.body, came.body)


def same_body(query: str, wanted: str, came: str) -> bool:
    """Compares the results of an API command."""
    if wanted == came:
        return True
    if query.startswith("uuid_dump"):
        return _same_dump(wanted, came)
    if wanted.startswith("{"):
        return _same_table(query, wanted, came)
    if query.startswith("show "):
        return _same_text_table(wanted, came)
    if query.startswith(_MOMENTARY) or wanted.startswith("UP "):
        return _form(wanted) == _form(came)
    return _UUID.sub("<uuid>", wanted) == _UUID.sub("<uuid>", came)


def _without_verb(command: str) -> str:
    verb, _, rest = command.partition(" ")
    return rest if verb in ("api", "bgapi") else command


def _form(text: str) -> list[str]:
    """Lines without figures, blanks and order: a report's form."""
    text = _UUID.sub("<uuid>", text)
    lines = (re.sub(r"\d+(?:\.\d+)?", "#", line) for line in text.splitlines())
    # Which of several listening addresses a profile has is a matter of its configuration, as are uptimes in words.
    return sorted({" ".join(line.split()) for line in lines if line.strip() and not line.startswith(("WS", "MAX-"))})


def _same_table(query: str, wanted: str, came: str) -> bool:
    expected, actual = _json(wanted), _json(came)
    if not isinstance(expected, dict) or not isinstance(actual, dict):
        return expected == actual
    rows, other = expected.get("rows"), actual.get("rows")
    if (rows is None) != (other is None):
        return False
    if query.startswith("show modules"):
        return bool(rows) and bool(other) and list(rows[0]) == list(other[0])
    if expected.get("row_count") != actual.get("row_count"):
        return False
    return rows is None or other is None or _same_rows(rows, other)


def _same_rows(rows: list[dict[str, str]], other: list[dict[str, str]]) -> bool:
    if [list(row) for row in rows] != [list(row) for row in other]:
        return False
    return all(a.get(name) == b.get(name) for a, b in zip(rows, other, strict=True) for name in _ROW_VALUES)


def _same_legs(wanted: str, came: str) -> bool:
    """Tables in the middle of a change: no leg that the other does not know, and the same columns."""
    tables = [_json(text) if text.startswith("{") else _text_table(text) for text in (wanted, came)]
    if not all(isinstance(table, dict) for table in tables):
        return False
    first, second = ([row for row in table.get("rows") or [] if isinstance(row, dict)] for table in tables)
    if first and second and list(first[0]) != list(second[0]):
        return False
    legs = [{row.get(n, "") for row in rows for n in ("uuid", "b_uuid")} - {""} for rows in (first, second)]
    return not first or not second or legs[0] == legs[1]


def _text_table(text: str) -> dict[str, Any]:
    lines = text.splitlines()
    names = lines[0].split(",") if lines else []
    return {"rows": [dict(zip(names, line.split(","), strict=False)) for line in lines[1:] if "," in line]}


def _same_text_table(wanted: str, came: str) -> bool:
    first, second = wanted.splitlines(), came.splitlines()
    if len(first) != len(second):
        return False
    names = first[0].split(",") if first else []
    if "uuid" not in names:
        return first == second
    head = first[0] == second[0]
    rows = [dict(zip(names, line.split(","), strict=False)) for line in first[1:] if "," in line]
    other = [dict(zip(names, line.split(","), strict=False)) for line in second[1:] if "," in line]
    return head and _same_rows(rows, other) and first[-1] == second[-1]


def _same_dump(wanted: str, came: str) -> bool:
    return all(_dump(wanted).get(name) == _dump(came).get(name) for name in _DUMPED)


def _dump(text: str) -> dict[str, Any]:
    if text.startswith("{"):
        loaded = _json(text)
        return loaded if isinstance(loaded, dict) else {}
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
