"""How big an uploaded list may be. Everything that grows with the file has a limit."""

from dataclasses import dataclass

NAME_LENGTH = 200
"""Characters of a contact's or person's name; longer ones are cut, with a warning."""
FIELD_LENGTH = 2_000
"""Characters of a field's value; longer ones are cut, with a warning."""
KEY_LENGTH = 60
"""Characters of a field's key, the word between the braces of a placeholder."""
NUMBERS_PER_ROW = 20
"""Telephone numbers of one row; those beyond are reported, not added."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one file; all are refused with a reason that names the limit."""

    file_bytes: int = 256 * 2**20
    unpacked_bytes: int = 1536 * 2**20
    """Sum of the sizes inside the zip container of XLSX and ODS, as unpacked."""
    packing_ratio: int = 500
    """Unpacked size by packed size of one part; beyond it (and above 16 MiB) it is a zip bomb."""
    rows: int = 1_000_000
    columns: int = 300
    cells: int = 30_000_000
    """Rows by columns of the used range: readers keep the whole rectangle in memory."""


LIMITS = Limits()
