"""The words of every reason; English here, the other languages in the catalogue. A code without words fails loudly."""

from collections.abc import Mapping

from exchange_domain.texts import N_, language, say

TEXTS: dict[str, str] = {
    # the file as a whole
    "empty_file": N_("The file is empty."),
    "unsupported_type": N_("A file of type {kind} cannot be read. Upload XLSX, XLS, ODS or CSV."),
    "password_protected": N_("The file is protected by a password. Save it without a password and upload it again."),
    "damaged": N_("The file is damaged and cannot be read."),
    "unclosed_quote": N_("A quotation mark opened in row {row} is never closed."),
    "cell_too_long": N_("A cell in row {row} is longer than {limit} characters; is a quotation mark left open?"),
    "too_large": N_("The file is too large: {size} MB, at most {limit} MB."),
    "unpacks_too_large": N_("The file unpacks to more than {limit} MB, or is packed suspiciously tightly."),
    "too_many_rows": N_("The sheet has {count} rows, at most {limit} can be imported."),
    "too_many_columns": N_("The sheet has {count} columns, at most {limit} can be read."),
    "too_many_cells": N_("The used range of the sheet has {count} cells, at most {limit} can be read."),
    "no_such_sheet": N_("There is no sheet “{sheet}” in the file."),
    "no_rows": N_("There are no rows in the file."),
    "no_phone_column": N_("No column with telephone numbers was found. Choose one."),
    "no_such_column": N_("There is no column {column} on the sheet."),
    "repeated_key": N_("Two columns have the same field name “{key}”."),
    "bad_default_prefix": N_(
        "“{prefix}” is not a prefix: a plus, the country and the area are expected, such as +7-812."
    ),
    "unknown_country": N_("“{country}” is not a country code."),
    "unknown_default_time_zone": N_("“{zone}” is not a time zone."),
    # a telephone number
    "no_number": N_("no telephone number"),
    "not_a_number": N_("“{value}” is not a telephone number"),
    "letters": N_("letters in the number “{value}”"),
    "too_short": N_("number “{value}” is too short"),
    "too_long": N_("number “{value}” is too long"),
    "no_area_code": N_("local number “{value}” without an area code"),
    "unknown_country_code": N_("number “{value}” has an unknown country code"),
    "not_valid": N_("“{value}” is not a valid number of {country}"),
    "premium": N_("premium-rate number “{value}” is not called"),
    "short_number": N_("short or emergency number “{value}” is not called"),
    "rounded": N_("number “{value}” was rounded by the spreadsheet; format the column as text"),
    "cell_error": N_("cell {cell} shows the error {value}"),
    "formula_without_value": N_(
        "the formula in cell {cell} has no stored value; open and save the file in a spreadsheet program"
    ),
    # a row
    "duplicate": N_("number {number} is already in row {first_row}"),
    "too_many_numbers": N_("more than {limit} numbers in the row; the rest was not added"),
    "cut": N_("“{column}” is longer than {limit} characters and was cut"),
    "unknown_time_zone": N_("time zone “{value}” is not known; the number's or the campaign's is used"),
    "zone_differs": N_("“{value}” keeps another time than {zone}, where the number is; the list's is used"),
    "elsewhere": N_("number {number} is in the campaign “{campaign}” already"),
    "called_elsewhere": N_("number {number} was called in the campaign “{campaign}” and stays there"),
    "do_not_call": N_("on a do-not-call list; the contact is never called"),
    # the file which goes back to the customer
    "sheet_rejected": N_("Not imported"),
    "sheet_elsewhere": N_("In other campaigns"),
    "sheet_do_not_call": N_("Do not call"),
    "sheet_warnings": N_("Warnings"),
    "sheet_duplicates": N_("Duplicates"),
    "heading_row": N_("Row in the file"),
    "heading_reason": N_("Reason"),
    "heading_warning": N_("Warning"),
}

_NAMES_NOT_AMOUNTS = frozenset({"row", "first_row"})
"""Parameters shown without digit grouping."""


def text_of(code: str, params: Mapping[str, str | int], reader_language: str) -> str:
    """The text of `code` in a language, with its parameters. Raises KeyError for an unknown code or parameter."""
    token = language.set("ru" if reader_language.startswith("ru") else "en")
    try:
        return say(
            TEXTS[code], **{name: str(value) if name in _NAMES_NOT_AMOUNTS else value for name, value in params.items()}
        )
    finally:
        language.reset(token)
