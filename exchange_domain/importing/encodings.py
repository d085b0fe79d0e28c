"""Which encoding a text file is in: by its mark, by being valid UTF-8, else by which letters make sense."""

import re
from collections.abc import Iterable

from exchange_domain.importing.reasons import UnreadableList

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
_SAMPLE = 256 * 1024
_WORD = re.compile(r"[^\W\d_]+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ASCII_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_FREQUENT = frozenset("оеаинтсрвлкмдпуя")


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
    return max(_CYRILLIC, key=lambda encoding: _russian_likeness(sample.decode(encoding, errors="replace")))


def _touches_ascii_letter(sample: bytes, run: re.Match[bytes]) -> bool:
    before = run.start() > 0 and sample[run.start() - 1] in _ASCII_LETTERS
    after = run.end() < len(sample) and sample[run.end()] in _ASCII_LETTERS
    return before or after


def _russian_likeness(text: str) -> int:
    """Higher for text whose words are cased as people write and use the language's frequent letters."""
    score = sum(-3 for sign in text if sign > "\x7f" and not sign.isalpha() and sign not in "«»№–—\xa0…“”’")
    words: Iterable[str] = (word for word in _WORD.findall(text) if not word.isascii())
    for word in words:
        well_cased = word.islower() or word.isupper() or word.istitle()
        score += len(word) if well_cased else -2 * len(word)
        score += sum(2 for letter in word.lower() if letter in _FREQUENT)
        score -= sum(4 for letter in word if not ("а" <= letter.lower() <= "я" or letter in "ёЁ"))
        # Of two readings that differ only in case, small letters are the usual ones.
        score += sum(1 for letter in word[1:] if letter.islower())
    return score
