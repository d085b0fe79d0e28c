"""Contacts that a program gives, one by one and not as a list: judged as the rows of a list are. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange_domain.importing.cell_text import clean_text
from exchange_domain.importing.number_cells import ImportedNumber
from exchange_domain.importing.numbers import normalise
from exchange_domain.importing.plain_numbers import PlainNumbers
from exchange_domain.importing.reading import ImportOptions
from exchange_domain.importing.reasons import Reason
from exchange_domain.importing.result import DuplicateRow, ImportedContact, ImportResult, RejectedRow, Warned
from exchange_domain.importing.zones import zone_of_text


@dataclass(frozen=True)
class GivenNumber:
    number: str
    person_name: str = ""
    note: str = ""


@dataclass(frozen=True)
class GivenContact:
    name: str
    numbers: Sequence[GivenNumber]
    fields: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = ""


def judge(given: Sequence[GivenContact], options: ImportOptions) -> ImportResult:
    """Each contact is in exactly one of contacts, rejected, duplicates; its row is its place, from 0."""
    rules = options.rules
    plain = PlainNumbers(rules)
    result = ImportResult((), total_rows=len(given))
    first_rows: dict[str, int] = {}
    for row, one in enumerate(given):
        numbers: dict[str, ImportedNumber] = {}
        problems: list[Reason] = []
        for said in one.numbers:
            e164 = normalise(clean_text(said.number), rules)
            if isinstance(e164, Reason):
                problems.append(e164)
            else:
                person = clean_text(said.person_name)
                numbers.setdefault(e164, ImportedNumber(e164, person, clean_text(said.note)))
        zone = zone_of_text(one.time_zone) if one.time_zone else None
        if one.time_zone and zone is None:
            problems.append(Reason("unknown_time_zone", {"value": one.time_zone[:60]}))
        if not numbers:
            result.rejected.append(RejectedRow(row, tuple(problems) or (Reason("no_number"),), ()))
            continue
        fresh = [number for e164, number in numbers.items() if e164 not in first_rows]
        if not fresh:
            e164 = next(iter(numbers))
            result.duplicates.append(DuplicateRow(row, first_rows[e164], e164, ()))
            continue
        for e164 in numbers:
            first = first_rows.setdefault(e164, row)
            if first != row:
                problems.append(Reason("duplicate", {"number": e164, "first_row": first}))
        zone = zone or next((z for n in fresh if (z := plain.zone_of(n.e164))), None) or options.default_time_zone
        name = clean_text(one.name) or next((n.person_name for n in fresh if n.person_name), "")
        fields = {clean_text(key): clean_text(value) for key, value in one.fields.items()}
        result.contacts.append(
            ImportedContact(row, name, {k: v for k, v in fields.items() if k and v}, fresh, zone, ())
        )
        result.warnings += [Warned(row, problem, ()) for problem in problems]
    return result
