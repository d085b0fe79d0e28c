"""Why a file, a row or a number was not taken: a code with parameters, worded in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange_domain.importing.texts import text_of

Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason about a row, a cell or a number."""

    code: str
    params: Params = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The reason as a sentence in `language` ("ru"; anything else gives English)."""
        return text_of(self.code, self.params, language)


class UnreadableList(Exception):
    """The upload as a whole cannot be used: wrong type, damaged, too large, no numbers."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(text_of(code, params, "en"))
        self.code = code
        self.params: Params = params

    def text(self, language: str) -> str:
        """What is wrong, as a sentence in `language` ("ru"; anything else gives English)."""
        return text_of(self.code, self.params, language)
