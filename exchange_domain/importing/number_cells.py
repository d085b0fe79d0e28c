"""One cell with telephone numbers: several numbers, names beside them, extensions, labels."""

import re
from dataclasses import dataclass

from exchange_domain.importing.cell_text import clean_text, western_digits
from exchange_domain.importing.limits import NAME_LENGTH
from exchange_domain.importing.numbers import NumberRules, normalise
from exchange_domain.importing.reasons import Reason


@dataclass(frozen=True, slots=True)
class ImportedNumber:
    """A number that can be called, with what the list says about it."""

    e164: str
    person_name: str = ""
    note: str = ""
    """An extension or a label beside the number, as the list words it."""


@dataclass(frozen=True, slots=True)
class NumberCell:
    """What one cell holds. Both empty: the cell says that there is no number."""

    numbers: tuple[ImportedNumber, ...] = ()
    problems: tuple[Reason, ...] = ()


_BLANK_WORDS = frozenset(
    {"", "-", "--", "---", "?", ".", "0", "нет", "нету", "нет номера", "нет телефона", "отсутствует", "не указан",
     "не указано", "н/д", "н.д.", "n/a", "na", "none", "null", "nil", "no", "no phone", "unknown"}
)  # fmt: skip
_EXTENSION = re.compile(
    r"[,;(\s]*(?:(?<![^\W\d_])(доб[а-я]*|вн(?:утр[а-я]*)?|ext(?:ension|n)?|x)\s*[.:=#№]*|#)\s*(\d{1,6})\b\)?"
    r"(?=\s*(?:$|[),;/|\n]|[^\W\d_]))",
    re.IGNORECASE,
)
_JOINING_WORDS = re.compile(r"(?<=[\d).])\s+(?:и|или|and|or)\s+(?=[^\W_]|[+(])|\s+&\s+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;/\\|\n]+")
_NUMBER = re.compile(r"\+?[(]?\d(?:[\d\s().\-+~]*\d)?[)]?")
_LABEL = re.compile(
    r"\b(?:моб(?:ильный|\.)?|сот(?:овый|\.)?|раб(?:очий|ота|\.)?|дом(?:ашний|\.)?|гор(?:одской|\.)?|тел(?:ефон|\.)?|факс|"
    r"офис|личный|основной|приёмная|приемная|mobile|mob|cell|work|office|home|phone|tel|fax|whatsapp|viber|telegram)\b\.?"
    r"|^\s*[тмt][.:]",
    re.IGNORECASE,
)
_PLAIN_LABELS = frozenset({"т", "тел", "телефон", "tel", "phone"})
_EXPONENT = re.compile(r"(\d)(?:[.,](\d+))?[eEеЕ]\+?(\d{1,2})")
_WHOLE = re.compile(r"(\d+)[.,]0+")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_WORDS = 30
_WHOLE_NUMBER = 10
"""Digits from which a group is taken for a number with its area; shorter ones may be parts of one number."""
_LONGEST = 2_000
"""Characters of a cell that may hold numbers; a longer one is some other text."""
_SHOWN = 60
"""Characters of a cell that a reason repeats."""
_NAME_EDGES = " \t.:-–—()[]{}<>\"'«»№#*=+~"


def parse_cell(raw: str, rules: NumberRules) -> NumberCell:
    """All numbers of a cell, in their order, each once; and what is wrong with the rest."""
    text = western_digits(clean_text(raw))
    if text.casefold() in _BLANK_WORDS:
        return NumberCell()
    if len(text) > _LONGEST:
        return NumberCell(problems=(Reason("not_a_number", {"value": text[:_SHOWN]}),))
    if found := _EXPONENT.fullmatch(text):
        return _exponent(found, text, rules)
    if found := _WHOLE.fullmatch(text):
        text = found[1]
    reading = _Reading(rules)
    for piece in _pieces(text):
        reading.take(piece)
    return reading.result(text)


def _exponent(found: re.Match[str], text: str, rules: NumberRules) -> NumberCell:
    """A number the spreadsheet shows as 8.92E+10: whole only when it has all its digits."""
    digits, exponent = found[1] + (found[2] or ""), int(found[3])
    if exponent > 20 or len(digits) < exponent + 1:
        # Trailing zeros are dropped in this form, but that many zeros are more likely a rounding.
        if exponent > 20 or exponent + 1 - len(digits) > 2:
            return NumberCell(problems=(Reason("rounded", {"value": text}),))
        digits = digits.ljust(exponent + 1, "0")
    if digits[exponent + 1 :].strip("0"):
        return NumberCell(problems=(Reason("not_a_number", {"value": text}),))
    result = normalise(digits[: exponent + 1], rules)
    return NumberCell(problems=(result,)) if isinstance(result, Reason) else NumberCell((ImportedNumber(result),))


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    extension: str = ""


def _pieces(text: str) -> list[_Piece]:
    """The cell cut at separators, an extension staying with the number before it."""
    extensions: list[str] = []

    def keep(found: re.Match[str]) -> str:
        russian = found[1] and not found[1].isascii()
        extensions.append(f"{'доб.' if russian else 'ext.'} {found[2]}")
        return f"\x00{len(extensions) - 1}\x01"

    marked = _EXTENSION.sub(keep, text) if not text.isdecimal() else text
    pieces: list[_Piece] = []
    for part in _SEPARATORS.split(_JOINING_WORDS.sub("\n", marked)):
        found = re.search("\x00(\\d+)\x01", part)
        extension = extensions[int(found[1])] if found else ""
        plain = re.sub("\x00\\d+\x01", " ", part).strip()
        if plain or extension:
            pieces.append(_Piece(plain, extension))
    return pieces


class _Reading:
    """Goes through the pieces of a cell; a name alone belongs to the number before it, else to the next."""

    def __init__(self, rules: NumberRules) -> None:
        self.rules = rules
        self.numbers: dict[str, ImportedNumber] = {}
        self.problems: list[Reason] = []
        self.last = ""
        self.name_ahead = ""

    def take(self, piece: _Piece) -> None:
        if not any(sign.isdecimal() for sign in piece.text):
            self._take_words(piece)
            return
        single = self._one(piece.text)
        several = self._several(piece.text) if isinstance(single, Reason) else None
        if isinstance(single, Reason) and not several:
            self.problems.append(single)
            return
        for number in several or [single]:
            if isinstance(number, ImportedNumber):
                self._add(number, piece.extension)

    def _take_words(self, piece: _Piece) -> None:
        name = _name_in(_LABEL.sub(" ", piece.text))
        if not name or name.casefold() in _BLANK_WORDS:
            return
        if self.last and not self.numbers[self.last].person_name:
            number = self.numbers[self.last]
            self.numbers[self.last] = ImportedNumber(number.e164, name, number.note)
        else:
            self.name_ahead = name

    def _one(self, text: str) -> ImportedNumber | Reason:
        """The piece as one number with words around it."""
        candidates = list(_NUMBER.finditer(text))
        best = max(candidates, key=lambda found: sum(sign.isdecimal() for sign in found[0]))
        before, after = text[: best.start()], text[best.end() :]
        result = normalise(best[0], self.rules)
        if isinstance(result, Reason):
            if _hangs_on(before, after):
                return Reason("letters", {"value": text.strip()[:_SHOWN]})
            if result.code in ("too_short", "not_a_number") and _LETTER.search(before + after):
                return Reason("not_a_number", {"value": text.strip()[:_SHOWN]})
            return result
        around = f"{before} | {after}"
        if any(sign.isdecimal() for sign in around):
            # A second, shorter group of digits: not part of this number, and not to be lost without a word.
            self.problems.append(Reason("not_a_number", {"value": text.strip()[:_SHOWN]}))
            around = re.sub(r"\S*\d\S*", " ", around)
        label = _LABEL.search(around)
        words = _LABEL.sub(" ", around).replace("|", " ")
        note = label[0].strip(" .:").lower() if label else ""
        return ImportedNumber(result, _name_in(words), "" if note in _PLAIN_LABELS else note)

    def _several(self, text: str) -> list[ImportedNumber]:
        """Whole numbers which only blanks part; none unless everything in the piece belongs to a good one."""
        words = text.split()
        found: list[ImportedNumber] = []
        start = 0
        for end in range(1, min(len(words), _MOST_WORDS) + 1):
            part = " ".join(words[start:end])
            if not _NUMBER.fullmatch(part) or sum(sign.isdecimal() for sign in part) < _WHOLE_NUMBER:
                continue
            single = normalise(part, self.rules)
            if isinstance(single, str):
                found.append(ImportedNumber(single))
                start = end
        return found if len(found) > 1 and start == len(words) else []

    def _add(self, number: ImportedNumber, extension: str) -> None:
        name = number.person_name or self.name_ahead
        self.name_ahead = ""
        note = " ".join(part for part in (number.note, extension) if part)
        known = self.numbers.get(number.e164)
        if known is not None:
            name, note = known.person_name or name, known.note or note
        self.numbers[number.e164] = ImportedNumber(number.e164, name, note)
        self.last = number.e164

    def result(self, text: str) -> NumberCell:
        if not self.numbers and not self.problems:
            self.problems.append(Reason("not_a_number", {"value": text[:_SHOWN]}))
        return NumberCell(tuple(self.numbers.values()), tuple(self.problems))


def _hangs_on(before: str, after: str) -> bool:
    """Whether letters follow or precede the digits directly or after a dash, as in 1-800-FLOWERS."""
    return bool(re.match(r"-?[^\W\d_]", after) or re.search(r"[^\W\d_]$", before))


def _name_in(words: str) -> str:
    name = " ".join(words.split()).strip(_NAME_EDGES)
    return name[:NAME_LENGTH] if len(_LETTER.findall(name)) >= 2 else ""
