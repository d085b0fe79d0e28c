"""Keys of form fields, made once from their labels and kept when a label changes: answers stay readable. Pure."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 40
_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "sch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_SILENT = {"ъ", "ь"}


def key_of(label: str, taken: Collection[str] = ()) -> str:
    """A key such as `forms.KEY` wants: a letter, then letters, digits and underscores; not one of `taken`.

    >>> key_of("Дата визита")
    'data_vizita'
    >>> key_of("Дата визита", {"data_vizita"})
    'data_vizita_2'
    """
    plain = "".join("" if sign in _SILENT else _LETTERS.get(sign, sign) for sign in label.casefold())
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not base[:1].isalpha():
        base = f"field_{base}".rstrip("_")
    base = base[:LONGEST].rstrip("_")
    key, number = base, 2
    while key in taken:
        end = f"_{number}"
        key, number = base[: LONGEST - len(end)].rstrip("_") + end, number + 1
    return key
