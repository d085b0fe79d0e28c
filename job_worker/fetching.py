"""A recording from the storage, as a file for as long as it is measured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from object_storage import Storage


@asynccontextmanager
async def fetched(storage: Storage, storage_key: str, size_bytes: int) -> AsyncIterator[Path]:
    """Raises NotThere, StorageAway."""
    with TemporaryDirectory(prefix="exchange-measuring-") as folder:
        path = Path(folder) / "call"
        with path.open("wb") as file:
            async for piece in storage.read(storage_key, 0, size_bytes):
                file.write(piece)
        yield path
