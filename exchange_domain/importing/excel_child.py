"""Reads one sheet of an Excel file in a process of its own: `python excel_child.py SHEET`, the file on standard input.

The reader is native code, and a forged file can make it abort or ask for all memory there is; here that ends only this
process. SHEET is `=NAME` or `#INDEX`. Answers a line of JSON, `{"first_column": 0}` or `{"error": "…"}`, and after the
former the cells as an Arrow IPC stream of text columns "0", "1", …
"""

import contextlib
import json
import sys
from pathlib import Path

MEMORY = 4 * 2**30
"""Bytes of address space; a million rows of a contact list need about a third."""


def main() -> int:
    """Exit code 0: answered, with cells or with an error."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Should memory run out all the same, it is this process that goes.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    import fastexcel

    wanted = sys.argv[1]
    sheet = int(wanted[1:]) if wanted.startswith("#") else wanted[1:]
    try:
        # All rows from the sheet's first on, so that row numbers stay those of the file.
        loaded = fastexcel.read_excel(sys.stdin.buffer.read()).load_sheet(
            sheet, header_row=None, skip_rows=0, dtypes="string"
        )
        columns = loaded.selected_columns
        frame = loaded.to_polars()
    except fastexcel.FastExcelError as error:
        _answer({"error": str(error)[:500]})
        return 0
    frame.columns = [str(n) for n in range(frame.width)]
    _answer({"first_column": columns[0].absolute_index if columns else 0})
    frame.write_ipc_stream(sys.stdout.buffer)
    return 0


def _answer(line: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
