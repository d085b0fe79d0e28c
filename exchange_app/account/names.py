"""What a person may be called."""

import unicodedata
from typing import Any

LONGEST = 200


def name_of(typed: Any) -> str | None:
    """The name in what was typed, without needless blanks; None when it is not of 1 to 200 characters.

    >>> name_of("  Анна   Белова ")
    'Анна Белова'
    """
    if not isinstance(typed, str):
        return None
    name = " ".join(typed.split())
    # Control characters and halves of characters cannot be kept or shown.
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        return None
    return name if 1 <= len(name) <= LONGEST else None
