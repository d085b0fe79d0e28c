"""Scans the plain rows of an XLSX sheet by the byte: what most programs write, several times as fast as by its XML.

A row is plain when every cell has an address and a value, and none an error or a formula; only its number and its
outermost cells are of interest then. Any other row goes to the XML parser, and a sheet with declarations, comments,
prefixed names or rows without a number goes there as a whole.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from exchange_domain.importing.used_range import UsedRange

_ROW_END = b"</row>"
_MOST_PENDING = 32 * 2**20
"""Bytes of one row; a longer one is no row of a contact list."""
_BATCH = 2_000
_ROW = re.compile(rb'[^<]*<row r="(\d{1,7})"[^>]*>')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"')
_UNNUMBERED = re.compile(rb'<row(?=[\s/>])(?![^>]*\sr=")')
_ODD = (b"<c>", b't="e"', b"<f", b"<!", b"t='", b"<is/>", b"<v/>", b"<v></v>")


class NotPlain(Exception):
    """The sheet is not written in the usual way: it has to be read by the XML parser from its beginning."""


def scan_rows(chunks: Iterable[bytes], used: UsedRange, by_xml: Callable[[bytes], None]) -> None:
    """Widens `used` by the sheet's rows. `by_xml` gets the rows that are not plain, as a piece of XML.

    Raises NotPlain; `used` is worthless then.
    """
    odd: list[bytes] = []
    for row in _rows(chunks):
        if not _plain(row, used):
            if _UNNUMBERED.search(row):
                # It follows the row before it, whoever reads that.
                raise NotPlain
            odd.append(row)
            if len(odd) >= _BATCH:
                by_xml(b"<sheetData>" + b"".join(odd) + b"</sheetData>")
                odd.clear()
    if odd:
        by_xml(b"<sheetData>" + b"".join(odd) + b"</sheetData>")


def _rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each row with what stands between it and the one before."""
    pending = b""
    begun = False
    for chunk in chunks:
        pending += chunk
        if not begun:
            start = pending.find(b"<sheetData>")
            if start < 0:
                if len(pending) > _MOST_PENDING or b"<sheetData/>" in pending:
                    raise NotPlain
                continue
            if b"<worksheet" not in pending[:start] or b"<!" in pending[:start]:
                raise NotPlain
            pending, begun = pending[start + len(b"<sheetData>") :], True
        *rows, pending = pending.split(_ROW_END)
        for row in rows:
            yield row + _ROW_END
        if len(pending) > _MOST_PENDING:
            raise NotPlain
    end = pending.find(b"</sheetData>")
    # Rows without cells may stand at the end; they widen nothing. Anything else does not belong there.
    if not begun or end < 0 or b"<c" in pending[:end] or b"<!" in pending[:end]:
        raise NotPlain


def _plain(row: bytes, used: UsedRange) -> bool:
    cells = row.count(b"<c ")
    if cells == 0 or cells != row.count(b'<c r="') or any(sign in row for sign in _ODD):
        return False
    if row.count(b"<v>") + row.count(b"<is>") != cells or row.count(b"<row") != 1:
        return False
    head = _ROW.match(row)
    first = _CELL.search(row)
    last = _CELL.match(row, row.rfind(b'<c r="'))
    if head is None or first is None or last is None:
        return False
    left, right = _column(first[1]), _column(last[1])
    # With gaps or out of order: which cells there are is not told by the outermost two.
    if right - left + 1 < cells:
        return False
    number = int(head[1]) - 1
    used.include(number, left)
    used.include(number, right)
    return True


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1
