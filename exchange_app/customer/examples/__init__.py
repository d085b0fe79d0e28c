"""Ready scripts by trade, in both languages: to begin with, and to be changed."""

from functools import cache
from pathlib import Path

from exchange_domain.texts import LANGUAGES

FOLDER = Path(__file__).parent
TRADES = ("clinic", "furniture", "courses", "after_delivery")


@cache
def script(trade: str, language: str) -> str:
    """Markdown of the example. Raises KeyError for a trade there is none of."""
    if trade not in TRADES:
        raise KeyError(trade)
    known = language if language in LANGUAGES else "en"
    return (FOLDER / f"{trade}.{known}.md").read_text("utf-8")
