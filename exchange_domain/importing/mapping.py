"""Which column of a list is what: proposed from headings and values, then corrected by the person."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exchange_domain.importing.cell_text import column_letters
from exchange_domain.importing.headings import Meaning, meaning_of
from exchange_domain.importing.limits import KEY_LENGTH
from exchange_domain.importing.number_cells import parse_cell
from exchange_domain.importing.numbers import NumberRules
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.zones import zone_of_text

_MOSTLY = 0.6
_PERHAPS = 0.3
"""A share of numbers from which a column headed "Number" holds telephone numbers."""
_CITIES_KNOWN = 0.8


class ColumnRole(StrEnum):
    """What becomes of a column's values."""

    NAME = "name"
    """The contact's name; several such columns are joined in their order."""
    PERSON = "person"
    """Name of the person who answers the row's numbers; several are joined."""
    PHONE = "phone"
    TIME_ZONE = "time_zone"
    """A zone or a city; it also stays a field under its key."""
    FIELD = "field"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What one column holds. A mapping is a sequence of these, at most one for each column."""

    column: int
    """Index into the preview's columns, from 0."""
    role: ColumnRole
    key: str = ""
    """Name of the field, as in the placeholder {{Город}}; unique. Needed for fields and time zones."""


def mapping_of(columns: Iterable[dict[str, Any]]) -> list[ColumnMapping]:
    """A mapping as it is kept: `{column, role, key}` of each column."""
    return [ColumnMapping(int(c["column"]), ColumnRole(c["role"]), str(c["key"])) for c in columns]


def unique_keys(headings: Sequence[str], letters: Sequence[str]) -> list[str]:
    """Field names from headings: trimmed, blanks collapsed, no braces; letters for blank ones; repeats get a number."""
    keys: list[str] = []
    taken: set[str] = set()
    for heading, letter in zip(headings, letters, strict=True):
        base = " ".join(re.sub(r"[{}]", " ", heading).split())[:KEY_LENGTH].strip() or letter
        key, number = base, 2
        while key.casefold() in taken:
            key = f"{base[: KEY_LENGTH - 5]} {number}"
            number += 1
        taken.add(key.casefold())
        keys.append(key)
    return keys


def letters_of(count: int, first_column: int) -> list[str]:
    """The spreadsheet's letters of the columns."""
    return [column_letters(first_column + n) for n in range(count)]


def propose(
    headings: Sequence[str], keys: Sequence[str], samples: Sequence[Sequence[str]], rules: NumberRules
) -> tuple[ColumnMapping, ...]:
    """The likeliest mapping. `samples` are non-blank cleaned values of each column."""
    meanings: list[Meaning | None] = [meaning_of(heading) for heading in headings]
    shares = [number_share(values, rules) for values in samples]
    roles = [_by_meaning(meaning, share) for meaning, share in zip(meanings, shares, strict=True)]
    _choose_names(roles, meanings, samples)
    _choose_time_zone(roles, meanings, samples)
    for column, values in enumerate(samples):
        if not values and not headings[column].strip():
            roles[column] = ColumnRole.IGNORE
    return tuple(ColumnMapping(column, role, keys[column]) for column, role in enumerate(roles))


def number_share(values: Sequence[str], rules: NumberRules) -> float:
    """Which part of the values holds a telephone number that can be called."""
    if not values:
        return 0.0
    return sum(1 for value in values if parse_cell(value, rules).numbers) / len(values)


def check_mapping(mapping: Iterable[ColumnMapping], columns: int) -> None:
    """Raises UnreadableList: no_phone_column, no_such_column, repeated_key."""
    mapping = tuple(mapping)
    if not any(one.role is ColumnRole.PHONE for one in mapping):
        raise UnreadableList("no_phone_column")
    seen_columns: set[int] = set()
    seen_keys: set[str] = set()
    for one in mapping:
        if not 0 <= one.column < columns or one.column in seen_columns:
            raise UnreadableList("no_such_column", column=one.column + 1)
        seen_columns.add(one.column)
        if one.role in (ColumnRole.FIELD, ColumnRole.TIME_ZONE):
            key = one.key.strip().casefold()
            if key in seen_keys:
                raise UnreadableList("repeated_key", key=one.key)
            seen_keys.add(key)


def _by_meaning(meaning: Meaning | None, share: float) -> ColumnRole:
    match meaning:
        case "own":
            return ColumnRole.IGNORE
        case "phone":
            return ColumnRole.PHONE
        case "perhaps_phone" | "counter" if share >= _PERHAPS:
            return ColumnRole.PHONE
        case "counter":
            return ColumnRole.IGNORE
        case None if share >= _MOSTLY:
            return ColumnRole.PHONE
        case "name" | "company" | "person" if share >= _MOSTLY:
            # "Контакт" is as often the heading of numbers as of names.
            return ColumnRole.PHONE
        case "person":
            return ColumnRole.PERSON
        case "time_zone":
            return ColumnRole.TIME_ZONE
        case _:
            return ColumnRole.FIELD


def _choose_names(roles: list[ColumnRole], meanings: list[Meaning | None], samples: Sequence[Sequence[str]]) -> None:
    """A company is the contact's name and people's names answer its numbers; without one, the people are."""

    def free(*wanted: Meaning) -> list[int]:
        return [
            n
            for n, meaning in enumerate(meanings)
            if meaning in wanted and roles[n] in (ColumnRole.FIELD, ColumnRole.PERSON)
        ]

    companies, names, parts, people = free("company"), free("name"), free("name_part"), free("person")
    personal = sorted([*names[:1], *parts]) if names or parts else []
    if companies:
        roles[companies[0]] = ColumnRole.NAME
        for column in personal:
            roles[column] = ColumnRole.PERSON
        if personal:
            # Someone's name is there already; "Director" then is one more field.
            for column in people:
                roles[column] = ColumnRole.FIELD
        for column in people[1:]:
            roles[column] = ColumnRole.FIELD
        return
    for column in personal:
        roles[column] = ColumnRole.NAME
    for column in people[1:]:
        roles[column] = ColumnRole.FIELD
    if personal:
        return
    if people:
        roles[people[0]] = ColumnRole.NAME
        return
    wordy = [
        n for n, role in enumerate(roles) if role is ColumnRole.FIELD and meanings[n] is None and _is_wordy(samples[n])
    ]
    if wordy and not any(meanings[n] in ("city", "time_zone") for n in wordy[:1]):
        roles[wordy[0]] = ColumnRole.NAME


def _is_wordy(values: Sequence[str]) -> bool:
    """Whether the values look like names: mostly different ones, short, of letters."""
    if not values:
        return False
    like_names = sum(
        1 for value in values if len(value) <= 80 and sum(sign.isalpha() for sign in value) * 2 > len(value)
    )
    return like_names >= 0.8 * len(values) and len(set(values)) >= 0.5 * len(values)


def _choose_time_zone(
    roles: list[ColumnRole], meanings: list[Meaning | None], samples: Sequence[Sequence[str]]
) -> None:
    """One column only: the one headed so; else cities, or unheaded zones, nearly all of which are known."""
    headed = [n for n, role in enumerate(roles) if role is ColumnRole.TIME_ZONE]
    for column in headed[1:]:
        roles[column] = ColumnRole.FIELD
    if headed:
        return
    for wanted in ("city", None):
        for column, role in enumerate(roles):
            if role is not ColumnRole.FIELD or meanings[column] != wanted or not samples[column]:
                continue
            known = sum(1 for value in samples[column] if zone_of_text(value))
            if known >= _CITIES_KNOWN * len(samples[column]):
                roles[column] = ColumnRole.TIME_ZONE
                return
