"""Which rectangle of a sheet is in use, and which of its cells show an error or a formula without a value."""

from dataclasses import dataclass, field

from exchange_domain.importing.limits import Limits
from exchange_domain.importing.reasons import UnreadableList

NO_VALUE = "formula"
"""Marks a formula whose value the file does not hold."""


@dataclass(slots=True)
class UsedRange:
    """Filled cells of one sheet; rows and columns count from 0."""

    first_row: int = -1
    last_row: int = -1
    first_column: int = -1
    last_column: int = -1
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    """Error value, or NO_VALUE, by (row, column)."""
    hidden: bool = False
    """The person does not see the sheet."""

    @property
    def is_empty(self) -> bool:
        return self.last_row < 0

    def include(self, row: int, column: int) -> None:
        """Widens the rectangle to hold the cell."""
        if self.last_row < 0:
            self.first_row = self.last_row = row
            self.first_column = self.last_column = column
            return
        if row > self.last_row:
            self.last_row = row
        elif row < self.first_row:
            self.first_row = row
        if column > self.last_column:
            self.last_column = column
        elif column < self.first_column:
            self.first_column = column

    def check(self, limits: Limits) -> None:
        """Raises UnreadableList when the rectangle is larger than allowed: readers allocate all of it."""
        if self.is_empty:
            return
        check_size(self.last_row + 1, self.last_column + 1, limits)


def check_size(rows: int, columns: int, limits: Limits) -> None:
    """Raises UnreadableList for a sheet of more rows, columns or cells than allowed."""
    if rows > limits.rows + 1_000:
        raise UnreadableList("too_many_rows", count=rows, limit=limits.rows)
    if columns > limits.columns:
        raise UnreadableList("too_many_columns", count=columns, limit=limits.columns)
    if rows * columns > limits.cells:
        raise UnreadableList("too_many_cells", count=rows * columns, limit=limits.cells)
