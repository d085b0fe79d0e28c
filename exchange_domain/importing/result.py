"""What an import makes of a list's rows."""

from dataclasses import dataclass, field

from exchange_domain.importing.number_cells import ImportedNumber
from exchange_domain.importing.reasons import Params, Reason
from exchange_domain.words import RemarkKind


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A row that was taken: a contact with at least one number that can be called."""

    row: int
    """The row in the file, from 1, as the spreadsheet numbers it."""
    name: str
    """Without a name of its own, that of the person at its numbers; empty when the list has none."""
    fields: dict[str, str]
    """Values by field key; blank ones are left out."""
    numbers: list[ImportedNumber]
    time_zone: str
    """IANA name."""
    cells: tuple[str, ...] = ()
    """The row as uploaded."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that cannot be used, with its cells as uploaded."""

    row: int
    reasons: tuple[Reason, ...]
    """At least one; one for each bad number."""
    cells: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Code of the first reason."""
        return self.reasons[0].code

    @property
    def params(self) -> Params:
        """Parameters of the first reason."""
        return self.reasons[0].params

    def text(self, language: str) -> str:
        """All reasons in words."""
        return "; ".join(reason.text(language) for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about a row that was taken all the same: a bad number beside a good one, a cut text."""

    row: int
    reason: Reason
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A row all of whose numbers stand in earlier rows; it is not added."""

    row: int
    first_row: int
    """The row which has the first of its numbers."""
    number: str
    cells: tuple[str, ...]

    @property
    def reason(self) -> Reason:
        return Reason("duplicate", {"number": self.number, "first_row": self.first_row})


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say about a row, for the file that goes back to the customer."""

    kind: RemarkKind
    row: int
    reasons: tuple[Reason, ...]
    cells: tuple[str, ...]


@dataclass(slots=True)
class ImportResult:
    """Every row below the headings is in exactly one of: contacts, rejected, duplicates, empty_rows."""

    columns: tuple[str, ...]
    """Headings as uploaded, for the file of rejected rows."""
    contacts: list[ImportedContact] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    duplicates: list[DuplicateRow] = field(default_factory=list)
    empty_rows: int = 0
    total_rows: int = 0

    def remarks(self) -> list[Remark]:
        """All that reading the rows has found, in the file's order within a kind."""
        said = [Remark(RemarkKind.REJECTED, one.row, one.reasons, one.cells) for one in self.rejected]
        said += [Remark(RemarkKind.WARNING, one.row, (one.reason,), one.cells) for one in self.warnings]
        said += [Remark(RemarkKind.DUPLICATE, one.row, (one.reason,), one.cells) for one in self.duplicates]
        return said

    def extend(self, part: "ImportResult") -> None:
        """Adds a later part of the same list."""
        self.contacts += part.contacts
        self.rejected += part.rejected
        self.warnings += part.warnings
        self.duplicates += part.duplicates
        self.empty_rows += part.empty_rows
        self.total_rows += part.total_rows
