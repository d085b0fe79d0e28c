"""Large files by key, in a folder or in any S3. One address in the settings decides."""

import hashlib
import os
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

PIECE = 1024 * 1024
T = TypeVar("T")


class StorageAway(Exception):
    """The storage did not do what it was asked; the text says why in one line, without what the server said."""


class NotThere(Exception):
    """There is nothing under that key."""


class Storage:
    """Addresses: `file:///FOLDER`, or `s3://BUCKET/PREFIX` with the usual AWS_… of the environment."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        if parts.scheme not in ("file", "s3") or (parts.scheme == "s3" and not parts.netloc):
            raise ValueError("RECORDING_STORAGE is neither file:///FOLDER nor s3://BUCKET/PREFIX")
        self._url = url
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        self._store: ObjectStore | None = None

    async def put(self, key: str, path: Path, media_type: str) -> None:
        """Whole, or not at all; what was there under the key is replaced. Raises StorageAway."""
        attributes = None if self._folder else {"Content-Type": media_type}
        await _asked(obstore.put_async(self._opened(), key, path, attributes=attributes, max_concurrency=2))
        if self._folder is not None:
            self._flush(self._folder / key)

    async def measured(self, key: str) -> tuple[int, str]:
        """Size and SHA-256 of what is really there, read back. Raises StorageAway."""
        found = await _asked(obstore.get_async(self._opened(), key))
        size, checksum = 0, hashlib.sha256()
        try:
            async for piece in found.stream(min_chunk_size=PIECE):
                size += len(piece)
                checksum.update(piece)
        except (BaseError, OSError, ValueError) as error:
            raise StorageAway(_words(error)) from error
        return size, checksum.hexdigest()

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, without, `end`. Raises NotThere, StorageAway; both before the first piece, if
        the storage says it then."""
        if end <= start:
            return
        try:
            found = await obstore.get_async(self._opened(), key, options={"range": (start, end)})
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)
        except FileNotFoundError as error:
            raise NotThere(key) from error
        except (BaseError, OSError, ValueError) as error:
            raise StorageAway(_words(error)) from error

    async def delete(self, key: str) -> None:
        """What is not there is deleted already. Raises StorageAway."""
        try:
            await obstore.delete_async(self._opened(), key)
        except FileNotFoundError as error:
            # S3 says nothing of a missing object; what it does not find is the bucket.
            if self._folder is None:
                raise StorageAway(_words(error)) from error
        except (BaseError, OSError, ValueError) as error:
            raise StorageAway(_words(error)) from error

    def _opened(self) -> ObjectStore:
        """A folder that is not there is not made: it may be a disk that is not mounted."""
        if self._folder is not None and not self._folder.is_dir():
            raise StorageAway("folder missing")
        if self._store is None:
            try:
                self._store = LocalStore(self._folder) if self._folder is not None else _s3(self._url)
            except (BaseError, ValueError, OSError) as error:
                raise StorageAway(_words(error)) from error
        return self._store

    @staticmethod
    def _flush(path: Path) -> None:
        """On the disk before the switch's file is deleted."""
        try:
            for what in (path, path.parent):
                descriptor = os.open(what, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        except OSError as error:
            raise StorageAway(_words(error)) from error


def _s3(url: str) -> S3Store:
    # Given options take the place of those in the environment, so this one is read here.
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")
    return S3Store.from_url(
        url,
        client_options={"connect_timeout": "5s", "timeout": "120s", "allow_http": plain},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )


async def _asked(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except (BaseError, OSError, ValueError) as error:
        raise StorageAway(_words(error)) from error


def _words(error: Exception) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0].split(': <')[0][:160]}"
