"""What a person sees in a cell, without the marks nobody sees."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_ODD = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\x00-\x1f\x7f\x85]|[^\\S ]|  |^[ '’`]| $"
)
"""Whatever cleaning might change, but for figures."""
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_APOSTROPHES = re.compile(r"^['’`\s]+")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00:00")
_TIME_OF_DAY = re.compile(r"(?:1899-12-3[01]|1904-01-01)[ T](\d\d:\d\d:\d\d)")
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_ERROR_VALUE = re.compile(
    r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!"
    r"|ССЫЛКА!|ДЕЛ/0!|Н/Д|ЗНАЧ!|ИМЯ\?|ПУСТО!|ЧИСЛО!)|Err:5\d\d"
)


def clean_text(raw: str) -> str:
    """Visible text: no invisible marks, single blanks, trimmed; line breaks inside stay as a newline.

    A leading apostrophe (the spreadsheets' mark of "this is text") goes, dates are ISO, a whole number stored as
    a float has no fraction. Cleaning twice gives the same text.
    """
    if raw.isascii() and raw.isalnum():
        return raw
    if _ODD.search(raw) is None:
        return _plain_number_or_date(raw) if raw[:1].isdecimal() else raw
    text = _INVISIBLE.sub("", _BREAKS.sub("\n", raw))
    text = _BLANKS.sub(" ", text).strip()
    if text[:1] in ("'", "’", "`"):
        text = _APOSTROPHES.sub("", text)
    if "\n" in text:
        text = "\n".join(line.strip() for line in text.split("\n"))
    if text[:1].isdecimal():
        return _plain_number_or_date(text)
    return text


def _plain_number_or_date(text: str) -> str:
    if found := _WHOLE_FLOAT.fullmatch(text):
        return found[1]
    if found := _MIDNIGHT.fullmatch(text):
        return found[1]
    if found := _TIME_OF_DAY.fullmatch(text):
        return found[1]
    if found := _DATE_TIME.fullmatch(text):
        return f"{found[1]} {found[2]}"
    return text


def is_error_value(text: str) -> bool:
    """Whether the cell shows a spreadsheet's error such as #REF! or #ССЫЛКА!."""
    return text[:1] in ("#", "E") and _ERROR_VALUE.fullmatch(text) is not None


def western_digits(text: str) -> str:
    """Digits of any script (Arabic, Devanagari, full-width) as 0–9, dashes as "-", in one line of plain signs."""
    if text.isascii():
        return text
    return "".join(_plain_sign(sign) for sign in text)


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.decimal(sign))
    if unicodedata.category(sign) == "Pd" or sign == "−":
        return "-"
    return "+" if sign == "\uff0b" else sign


def column_letters(index: int) -> str:
    """Spreadsheet letters of a column counted from 0: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """Address such as C4 of a cell, its row counted from 1 and its column from 0."""
    return f"{column_letters(column)}{row}"
