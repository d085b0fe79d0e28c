"""Import of contact lists: bytes → preview → mapping → contacts and rejected rows → database and report file.

Everything but `store` is pure; reading a long list takes seconds, so call it in a thread or a worker process.
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
from exchange_domain.importing.storing import StoredImport, StoredReport, import_list, store
from exchange_domain.importing.workbook import Workbook, open_workbook

__all__ = [
    "LIMITS", "ColumnMapping", "ColumnRole", "DuplicateRow", "ImportOptions", "ImportResult", "ImportedContact",
    "ImportedNumber", "Limits", "NumberRules", "Preview", "Reason", "RejectedRow", "Remark", "RemarksFile",
    "StoredImport", "StoredReport", "UnreadableList", "Warned", "Workbook", "import_list", "normalise",
    "open_workbook", "preview", "read_contacts", "read_in_batches", "remarks_file", "store",
]  # fmt: skip
