"""Calls as the customer's table shows them: one shape for snapshots and for patches. Pure."""

from typing import Any

import phonenumbers

from exchange_domain.messages import CallRow
from exchange_domain.words import CallState

LONGEST_ANSWER = 160


def shown_number(e164: str) -> str:
    """In full, in international notation: the contact is the customer's own."""
    try:
        shown = phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return e164
    # One word, so that no line breaks inside it; blanks and not special hyphens, so that a copy can be dialled.
    return shown.replace("-", " ").replace(" ", "\u00a0")


def state_code(row: CallRow) -> str:
    """The one word of a call: where it is now, or how it ended."""
    return row.outcome.value if row.state == CallState.CLOSED and row.outcome else row.state.value


def answer_of(row: CallRow) -> str:
    """What came of the call in one line: the customer's words, the form's answers, the note."""
    parts = [row.disposition or ""]
    for value in row.result.values():
        if isinstance(value, list):
            parts.append(", ".join(str(v) for v in value))
        elif not isinstance(value, bool) and value not in (None, ""):
            parts.append(str(value))
    parts.append(" ".join(row.note.split()))
    line = " · ".join(part for part in parts if part)
    return line if len(line) <= LONGEST_ANSWER else line[: LONGEST_ANSWER - 1] + "…"


def line_of(row: CallRow) -> dict[str, Any]:
    """A row of the live table. `talk_from` to `talk_to` is the talk, in epoch milliseconds; open while it goes on."""
    contact = row.contact_name
    if row.person_name and row.person_name != contact:
        contact = f"{contact}, {row.person_name}" if contact else row.person_name
    talk_to = row.ended_ms if row.answered_ms else None
    if row.answered_ms and row.talk_s is not None:
        talk_to = row.answered_ms + row.talk_s * 1000
    return {
        "id": str(row.call_id),
        "claimed_ms": row.claimed_ms,
        "contact": contact,
        "number": shown_number(row.number),
        "operator": row.operator_name,
        "state": state_code(row),
        "answer": answer_of(row),
        "talk_from": row.answered_ms,
        "talk_to": talk_to,
        "charge": row.charge,
    }
