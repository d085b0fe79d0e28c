"""Reads a list in a process of its own: `python -m exchange_domain.importing.list_reader`, the order on standard input.

Judging a million rows takes a processor half a minute; here it holds up nothing else, can be stopped at any moment,
and has the machine's leftover time only. The answer on standard output are frames of four bytes of length and a
pickle: `("rows", total, headings)`, then `("part", ImportResult)` for each batch; `("preview", Preview)`; or
`("refused", code, params)`.
The reader of frames trusts them: the bytes of the file itself are parsed by `excel_child`, or as text.
"""

import asyncio
import contextlib
import json
import os
import pickle
import struct
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from exchange_domain.importing.mapping import mapping_of
from exchange_domain.importing.numbers import NumberRules
from exchange_domain.importing.previewing import Preview, preview
from exchange_domain.importing.reading import ImportOptions, batches_of
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.table import table_of
from exchange_domain.importing.workbook import open_workbook

BATCH = 10_000
MEMORY = 8 * 2**30
"""Bytes of address space."""
_NICE = 10


class ReaderDied(Exception):
    """The reading process ended without an answer: out of memory, or killed."""


async def preview_apart(path: Path, file_name: str, sheet: str | None, rules: NumberRules) -> Preview:
    """As `preview`, in a reading process. Raises UnreadableList, ReaderDied."""
    said = {"country": rules.country, "default_prefix": rules.default_prefix}
    async with aclosing(
        _frames({"preview": said, "path": str(path), "file_name": file_name, "sheet": sheet})
    ) as frames:
        async for _, found in frames:
            return found
    raise ReaderDied


def read_apart(
    path: Path, file_name: str, sheet: str | None, mapping: list[dict[str, Any]], options: dict[str, str]
) -> AsyncGenerator[tuple[Any, ...], None]:
    """The frames of a reading process, one after the other. Raises UnreadableList, ReaderDied."""
    order = {"path": str(path), "file_name": file_name, "sheet": sheet, "mapping": mapping, "options": options}
    return _frames(order)


async def _frames(order: dict[str, Any]) -> AsyncGenerator[tuple[Any, ...], None]:
    """What a reading process answers; it is ended with the interest in it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, limit=2**20,
    )  # fmt: skip
    try:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(order).encode())
        process.stdin.close()
        while (head := await process.stdout.read(4)) != b"":
            try:
                head += await process.stdout.readexactly(4 - len(head))
                frame = pickle.loads(await process.stdout.readexactly(struct.unpack("<I", head)[0]))
            except asyncio.IncompleteReadError as error:
                raise ReaderDied from error
            if frame[0] == "refused":
                raise UnreadableList(frame[1], **frame[2])
            yield frame
        if await process.wait() != 0:
            raise ReaderDied
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main() -> int:
    """0: all was said."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(_NICE)
    # Should memory run out, it is this process that goes.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    order = json.loads(sys.stdin.buffer.read())
    try:
        _read(order)
    except UnreadableList as refused:
        _say(("refused", refused.code, dict(refused.params)))
    return 0


def _read(order: dict[str, Any]) -> None:
    if "preview" in order:
        workbook = open_workbook(Path(order["path"]).read_bytes(), order["file_name"])
        _say(("preview", preview(workbook, order["sheet"], rules=NumberRules(**order["preview"]))))
        return
    options = ImportOptions(**order["options"])
    mapping = mapping_of(order["mapping"])
    workbook = open_workbook(Path(order["path"]).read_bytes(), order["file_name"])
    table = table_of(workbook.grid(order["sheet"]), options.rules, workbook.limits)
    _say(("rows", table.frame.height, tuple(column.heading for column in table.columns)))
    for part in batches_of(table, mapping, options, BATCH):
        _say(("part", part))


def _say(frame: tuple[str, *tuple[Any, ...]]) -> None:
    content = pickle.dumps(frame, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.write(struct.pack("<I", len(content)) + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
