"""Looks through an XLS (BIFF in an OLE file) before it is read whole: sizes, errors, protection.

Only what the checks need is understood: the OLE sector chains and the records of BIFF8 that hold cells.
"""

import struct
from collections.abc import Iterator

from exchange_domain.importing.limits import Limits
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.used_range import UsedRange

_END_OF_CHAIN = 0xFFFFFFFA
_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _FILEPASS, _BOUND_SHEET = 0x0809, 0x000A, 0x002F, 0x0085
_BIFF8 = 0x0600
_FORMULA, _BOOL_ERR = 0x0006, 0x0205
_CELLS = {0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _FORMULA, _BOOL_ERR}
_MANY_NUMBERS = 0x00BD
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def scan_xls(data: bytes, limits: Limits) -> dict[str, UsedRange]:
    """Used ranges of all sheets by name, in the file's order.

    Raises UnreadableList: damaged, password_protected, too_many_rows, too_many_columns, too_many_cells.
    """
    try:
        stream = _stream(data)
        ranges = dict(_sheets(stream))
    except (struct.error, IndexError) as error:
        raise UnreadableList("damaged") from error
    for used in ranges.values():
        used.check(limits)
    return ranges


def _stream(data: bytes) -> bytes:
    """The workbook stream of the OLE file."""
    sector_size = 1 << struct.unpack_from("<H", data, 30)[0]
    mini_size = 1 << struct.unpack_from("<H", data, 32)[0]
    if sector_size not in (512, 4096) or mini_size != 64:
        raise UnreadableList("damaged")
    directory_start, _, cutoff, mini_table_start = struct.unpack_from("<IIII", data, 48)
    more_start = struct.unpack_from("<I", data, 68)[0]
    table_sectors = [n for n in struct.unpack_from("<109I", data, 76) if n < _END_OF_CHAIN]
    seen: set[int] = set()
    while more_start < _END_OF_CHAIN:
        if more_start in seen:
            raise UnreadableList("damaged")
        seen.add(more_start)
        *entries, more_start = struct.unpack(f"<{sector_size // 4}I", _sector(data, more_start, sector_size))
        table_sectors += [n for n in entries if n < _END_OF_CHAIN]
    if len(table_sectors) > len(data) // sector_size + 1:
        raise UnreadableList("damaged")
    table: list[int] = []
    for number in table_sectors:
        table += struct.unpack(f"<{sector_size // 4}I", _sector(data, number, sector_size))

    directory = _chain(data, directory_start, table, sector_size)
    root_start = struct.unpack_from("<I", directory, 116)[0]
    for offset in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, offset + 64)[0]
        name = directory[offset : offset + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        if name not in _STREAMS:
            continue
        start, size = struct.unpack_from("<II", directory, offset + 116)
        if size >= cutoff:
            return _chain(data, start, table, sector_size)[:size]
        small = _chain(data, root_start, table, sector_size)
        mini_bytes = _chain(data, mini_table_start, table, sector_size)
        mini_table = list(struct.unpack(f"<{len(mini_bytes) // 4}I", mini_bytes))
        return _chain(small, start, mini_table, mini_size, header=0)[:size]
    raise UnreadableList("damaged")


def _sector(data: bytes, number: int, size: int) -> bytes:
    found = data[(number + 1) * size : (number + 2) * size]
    # The last sector of some writers' files is cut short.
    return found.ljust(size, b"\x00") if found else b""


def _chain(data: bytes, start: int, table: list[int], size: int, header: int = 1) -> bytes:
    pieces: list[bytes] = []
    while start < _END_OF_CHAIN:
        if len(pieces) > len(table):
            raise UnreadableList("damaged")
        pieces.append(data[(start + header) * size : (start + header + 1) * size])
        start = table[start]
    return b"".join(pieces)


def _sheets(stream: bytes) -> Iterator[tuple[str, UsedRange]]:
    sheets: list[tuple[str, int, bool]] = []
    is_old = False
    for code, position, length in _records(stream, 0):
        if code == _FILEPASS:
            raise UnreadableList("password_protected")
        if code == _BOF and not sheets:
            is_old = struct.unpack_from("<H", stream, position)[0] < _BIFF8
        elif code == _BOUND_SHEET:
            start = struct.unpack_from("<I", stream, position)[0]
            name = _sheet_name(stream[position + 6 : position + length], is_old)
            sheets.append((name, start, bool(stream[position + 4] & 3)))
        elif code == _EOF:
            break
    taken: set[str] = set()
    for number, (name, start, hidden) in enumerate(sheets, 1):
        unique = f"{name} ({number})" if name in taken else name
        taken.add(unique)
        used = _sheet(stream, start)
        used.hidden = hidden
        yield unique, used


def _sheet_name(record: bytes, is_old: bool) -> str:
    """The name at the end of a sheet's entry: one byte a letter in old files, and in new ones where that suffices."""
    length = record[0]
    if is_old:
        return record[1 : 1 + length].decode("cp1251", "replace")
    if record[1] & 1:
        return record[2 : 2 + 2 * length].decode("utf-16-le", "replace")
    return record[2 : 2 + length].decode("latin-1")


def _sheet(stream: bytes, start: int) -> UsedRange:
    used = UsedRange()
    depth = 0
    for code, position, length in _records(stream, start):
        if code == _BOF:
            depth += 1
        elif code == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif code in _CELLS and depth == 1:
            row, column = struct.unpack_from("<HH", stream, position)
            used.include(row, column)
            if code == _BOOL_ERR and length >= 8 and stream[position + 7]:
                used.faults[row, column] = _ERRORS.get(stream[position + 6], "#")
            elif (
                code == _FORMULA and stream[position + 12 : position + 14] == b"\xff\xff" and stream[position + 6] == 2
            ):
                used.faults[row, column] = _ERRORS.get(stream[position + 8], "#")
        elif code == _MANY_NUMBERS and depth == 1:
            row, column = struct.unpack_from("<HH", stream, position)
            used.include(row, column)
            used.include(row, struct.unpack_from("<H", stream, position + length - 2)[0])
    return used


def _records(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Code, position of the content, and its length, of the records from `position` on."""
    end = len(stream)
    while position + 4 <= end:
        code, length = struct.unpack_from("<HH", stream, position)
        yield code, position + 4, length
        position += 4 + length
