"""Finds a telephone number and names in what people and switches wrote, and takes them out. Pure."""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import unescape

import phonenumbers

GAP = "•••"
"""Stands where something was."""
BETWEEN = r"[\s().\-–—/]{0,3}"
KEPT_OF_A_RECORD = re.compile(
    r"uuid|origination_uuid|exchange_\w+|hangup_cause|record_ms|record_seconds|\w*(epoch|sec)"
)
"""Variables of a switch's record that money, lengths and the search for a leg need."""
PLAIN = re.compile(r"[\w.:-]*")
MARK = "erased"
BIGGEST_PART = 256 * 1024 * 1024


class Scrubber:
    """Takes out one number in any way people write it, and names as whole words in any case."""

    def __init__(self, e164: str, names: Iterable[str] = ()):
        parsed = phonenumbers.parse(e164)
        self.digits = e164.lstrip("+")
        national = str(parsed.national_number)
        self.core = national if len(national) >= 7 else self.digits
        """Digits that are in every way of writing it."""
        code = BETWEEN.join(str(parsed.country_code))
        self._number = re.compile(
            rf"(?<!\d)(?:(?:(?:\+|00){BETWEEN})?{code}{BETWEEN}|[08]{BETWEEN})?{BETWEEN.join(self.core)}(?!\d)"
            rf"|(?<!\d)\+?{BETWEEN.join(self.digits)}(?!\d)"
        )
        words = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
        self._names = (
            re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE) if words else None
        )

    def has_number(self, text: str) -> bool:
        return self._number.search(text) is not None

    def text(self, value: str) -> str:
        value = self._number.sub(GAP, value)
        return self._names.sub(GAP, value) if self._names else value

    def document(self, value: Any) -> Any:
        """The same JSON with its strings scrubbed, keys too; a number written as a number becomes the gap."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(str(key)): self.document(inner) for key, inner in value.items()}
            case list():
                return [self.document(inner) for inner in value]
            case int() | float() if not isinstance(value, bool) and self.has_number(json.dumps(value)):
                return GAP
        return value

    def in_workbook(self, content: bytes) -> bool:
        """Whether an XLSX holds the number. One that cannot be read counts as holding it: it must not stay unseen."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                parts = [part for part in book.infolist() if part.filename.endswith(".xml")]
                if any(part.file_size > BIGGEST_PART for part in parts):
                    return True
                return any(self._in_cells(book.read(part).decode("utf-8", "replace")) for part in parts)
        except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
            return True

    def _in_cells(self, xml: str) -> bool:
        return any(self.has_number(unescape(cell)) for cell in re.findall(r"<(?:t|v)[^>]*>([^<]*)</(?:t|v)>", xml))


def bare_record(body: dict[str, Any]) -> dict[str, Any]:
    """Of a switch's record only the figures: who was called by whom is gone, what it costs is not."""
    variables = body.get("variables")
    kept = {
        name: value
        for name, value in (variables if isinstance(variables, dict) else {}).items()
        if KEPT_OF_A_RECORD.fullmatch(name) and PLAIN.fullmatch(str(value))
    }
    return {"variables": kept, MARK: True}
