"""The zip container of XLSX and ODS, opened only after its declared sizes were found sane."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from exchange_domain.importing.limits import Limits
from exchange_domain.importing.reasons import UnreadableList

_RATIO_MATTERS_FROM = 16 * 2**20
_CHUNK = 2**20


@contextmanager
def open_package(data: bytes, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The container in `data`. Raises UnreadableList when it is damaged, protected or a zip bomb.

    Sizes are judged by the directory before a byte is unpacked; `part_chunks` holds a part to what it declared.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise UnreadableList("damaged") from error
    with package:
        parts = package.infolist()
        if any(part.flag_bits & 0x1 for part in parts):
            raise UnreadableList("password_protected")
        limit = limits.unpacked_bytes // 2**20
        if len(parts) > 10_000 or sum(part.file_size for part in parts) > limits.unpacked_bytes:
            raise UnreadableList("unpacks_too_large", limit=limit)
        for part in parts:
            ratio = part.file_size / max(part.compress_size, 1)
            if part.file_size > _RATIO_MATTERS_FROM and ratio > limits.packing_ratio:
                raise UnreadableList("unpacks_too_large", limit=limit)
        yield package


def part_chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The bytes of one part, piece by piece, at most the declared size (zipfile checks length and CRC)."""
    try:
        with package.open(name) as part:
            while chunk := part.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableList("damaged") from error
