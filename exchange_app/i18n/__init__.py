"""Texts of pages. `t()` and its kin are evaluated in the browser; `say()` is for plain text from the server."""

from exchange_domain.texts import LANGUAGES, N_, language, say, say_date, say_money, say_n

from .text import HEAD, date, later, money, number, rich, seconds_since, seconds_until, t, tc, tn

__all__ = [
    "HEAD", "LANGUAGES", "N_", "date", "language", "later", "money", "number", "rich", "say", "say_date", "say_money",
    "say_n", "seconds_since", "seconds_until", "t", "tc", "tn",
]  # fmt: skip
