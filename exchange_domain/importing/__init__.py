"""Import of contact lists: bytes → preview → mapping → contacts and rejected rows → database and report file.

What is named here is pure, and needs no database: a process that reads a list starts in half the time without.
`storing` and `orders` write. Reading a long list takes seconds: `list_reader` does it in a process of its own.
"""

from exchange_domain.importing.limits import LIMITS, Limits
from exchange_domain.importing.mapping import ColumnMapping, ColumnRole
from exchange_domain.importing.number_cells import ImportedNumber
from exchange_domain.importing.numbers import NumberRules, normalise
from exchange_domain.importing.previewing import Preview, preview
from exchange_domain.importing.reading import ImportOptions, read_contacts, read_in_batches
from exchange_domain.importing.reasons import Reason, UnreadableList
from exchange_domain.importing.report_file import RemarksFile, remarks_file
from exchange_domain.importing.result import DuplicateRow, ImportedContact, ImportResult, RejectedRow, Remark, Warned
from exchange_domain.importing.workbook import Workbook, open_workbook

__all__ = [
    "LIMITS", "ColumnMapping", "ColumnRole", "DuplicateRow", "ImportOptions", "ImportResult", "ImportedContact",
    "ImportedNumber", "Limits", "NumberRules", "Preview", "Reason", "RejectedRow", "Remark", "RemarksFile",
    "UnreadableList", "Warned", "Workbook", "normalise", "open_workbook", "preview", "read_contacts",
    "read_in_batches", "remarks_file",
]  # fmt: skip
