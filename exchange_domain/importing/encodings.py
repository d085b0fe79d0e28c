"""Which encoding a text file is in: by its mark, by being valid UTF-8, else by which letters make sense."""

import re
from math import log

from exchange_domain.importing.reasons import UnreadableList

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
_SAMPLE = 256 * 1024
_WORD = re.compile(r"[^\W\d_]+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ASCII_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_TYPOGRAPHY = "«»№–—\xa0…“”’"
_PER_TEN_THOUSAND = {
    "о": 1097, "е": 845, "а": 801, "и": 735, "н": 670, "т": 626, "с": 547, "р": 473, "в": 454, "л": 440, "к": 349,
    "м": 321, "д": 298, "п": 281, "у": 262, "я": 201, "ы": 190, "ь": 174, "г": 170, "з": 165, "б": 159, "ч": 144,
    "й": 121, "х": 97, "ж": 94, "ш": 73, "ю": 64, "ц": 48, "щ": 36, "э": 32, "ф": 26, "ъ": 4, "ё": 20,
}  # fmt: skip
_LIKELIHOOD = {letter: log(share / 10_000) for letter, share in _PER_TEN_THOUSAND.items()}
_USUAL_BONUS = 6.0
"""For cp1251, by far the commonest: a few untypical letters do not outweigh it."""


def decode(data: bytes) -> tuple[str, str]:
    """The text of `data` and the name of its encoding. Raises UnreadableList when a marked text is damaged."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                if encoding == "utf-16":
                    raise UnreadableList("damaged") from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    # A few broken bytes do not make a UTF-8 file something else.
    patched = data.decode("utf-8-sig", errors="replace")
    beyond_ascii = sum(1 for sign in patched if sign > "\x7f")
    if patched.count("\ufffd") * 20 < beyond_ascii:
        return patched, "utf-8"
    encoding = _one_byte_encoding(data[:_SAMPLE])
    return data.decode(encoding, errors="replace"), encoding


def _one_byte_encoding(sample: bytes) -> str:
    runs = list(_HIGH_RUN.finditer(sample))
    # Western words have single accented letters among plain ones; Russian words have none of the plain ones.
    mixed = sum(1 for run in runs if run.end() - run.start() <= 2 and _touches_ascii_letter(sample, run))
    if mixed * 2 > len(runs):
        return "cp1252"
    scores = {name: _russian_likeness(sample.decode(name, errors="replace")) for name in _CYRILLIC}
    scores["cp1251"] += _USUAL_BONUS
    return max(scores, key=lambda name: scores[name])


def _touches_ascii_letter(sample: bytes, run: re.Match[bytes]) -> bool:
    before = run.start() > 0 and sample[run.start() - 1] in _ASCII_LETTERS
    after = run.end() < len(sample) and sample[run.end()] in _ASCII_LETTERS
    return before or after


def _russian_likeness(text: str) -> float:
    """Higher for text of the language's frequent letters, in words cased as people write them."""
    score = sum(-20.0 for sign in text if sign > "\x7f" and not sign.isalpha() and sign not in _TYPOGRAPHY)
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        if not (word.islower() or word.isupper() or word.istitle()):
            score -= 4.0 * len(word)
        score += sum(_LIKELIHOOD.get(letter, -8.0) for letter in word.lower())
    return score
