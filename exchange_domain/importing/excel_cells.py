"""The cells of an XLSX or XLS sheet, read by a child process that may die of a forged file without harm."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from exchange_domain.importing.reasons import UnreadableList

_CHILD = Path(__file__).with_name("excel_child.py")
_SECONDS = 300
"""Far above what the largest permitted sheet takes."""


def read_cells(data: bytes, sheet: str | int) -> tuple[pl.DataFrame, int]:
    """Text columns "0", "1", … from the sheet's first row on, and how many blank columns stand before them.

    `sheet` is a name or an index from 0. Raises UnreadableList: damaged, password_protected.
    """
    wanted = f"#{sheet}" if isinstance(sheet, int) else f"={sheet}"
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(_CHILD), wanted],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "POLARS_MAX_THREADS": "2"},
        )
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise UnreadableList("damaged") from error
    head, _, cells = child.stdout.partition(b"\n")
    if child.returncode != 0 or not head:
        raise UnreadableList("damaged")
    answer = json.loads(head)
    if "error" in answer:
        raise UnreadableList("password_protected" if "assword" in answer["error"] else "damaged")
    return pl.read_ipc_stream(io.BytesIO(cells)), answer["first_column"]
