"""Uploaded lists between the upload and the import: a file with a random name, and beside it whose it is.

Nothing here is ever served back. A file goes when it was imported, when its campaign gets another one, and after a day.
"""

import asyncio
import json
import os
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exchange_domain.importing.limits import LIMITS
from exchange_domain.settings import settings

KEPT_S = 24 * 3600
MOST_WAITING = 5
"""Lists of one customer that wait for their import, over all its campaigns; the oldest makes room."""
_ID = re.compile(r"[0-9a-f]{32}")


class TooLarge(Exception):
    """The upload is larger than a list may be; what had come of it is gone."""


@dataclass(frozen=True)
class Upload:
    """An uploaded list that waits for its import, and how its columns were read so far."""

    id: str
    campaign_id: int
    customer_id: int
    account_id: int
    file_name: str
    size: int
    at: float
    sheet: str | None = None
    """The chosen sheet; None: the first that is not empty."""
    mapping: list[dict[str, Any]] = field(default_factory=list)
    """Corrected columns as {column, role, key}; empty: as proposed."""


def folder() -> Path:
    return settings().data_dir / "uploads"


def path_of(upload_id: str) -> Path:
    """Where the file of an upload is, if it is there."""
    return folder() / f"{upload_id}.list"


def _about(upload_id: str) -> Path:
    return folder() / f"{upload_id}.json"


async def keep(
    chunks: AsyncIterator[bytes],
    *,
    campaign_id: int,
    customer_id: int,
    account_id: int,
    file_name: str,
    limit: int = LIMITS.file_bytes,
) -> Upload:
    """Stores a stream of bytes as the campaign's waiting list, in place of an earlier one. Raises TooLarge."""
    await asyncio.to_thread(_prepare)
    upload_id = secrets.token_hex(16)
    path, size = path_of(upload_id), 0
    try:
        with await asyncio.to_thread(path.open, "xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                await asyncio.to_thread(file.write, chunk)
        upload = Upload(upload_id, campaign_id, customer_id, account_id, file_name, size, time.time())
        of_customer = [u for u in await asyncio.to_thread(_all) if u.customer_id == customer_id]
        waiting = sorted((u for u in of_customer if u.campaign_id != campaign_id), key=lambda u: u.at)
        crowded = waiting[: max(0, len(waiting) - MOST_WAITING + 1)]
        for earlier in [*crowded, *(u for u in of_customer if u.campaign_id == campaign_id)]:
            await remove(earlier.id)
        await update(upload)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    asyncio.get_running_loop().call_later(KEPT_S + 1, sweep)
    return upload


async def update(upload: Upload) -> None:
    """Writes what is known about an upload, all or nothing."""
    await asyncio.to_thread(_write, upload)


async def of_campaign(campaign_id: int) -> Upload | None:
    """The campaign's waiting list."""
    found = [u for u in await asyncio.to_thread(_all) if u.campaign_id == campaign_id]
    return max(found, key=lambda u: u.at, default=None)


async def remove(upload_id: str) -> None:
    await asyncio.to_thread(_remove, upload_id)


def sweep(now: float | None = None) -> None:
    """Removes what is older than a day, and halves of uploads that a stopped process left."""
    oldest = (time.time() if now is None else now) - KEPT_S
    for path in folder().glob("*"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue


def _prepare() -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep()


def _write(upload: Upload) -> None:
    half = folder() / f"{upload.id}.half"
    half.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
    os.replace(half, _about(upload.id))


def _remove(upload_id: str) -> None:
    if _ID.fullmatch(upload_id):
        _about(upload_id).unlink(missing_ok=True)
        path_of(upload_id).unlink(missing_ok=True)


def _all() -> list[Upload]:
    found = []
    for path in folder().glob("*.json"):
        try:
            found.append(Upload(**json.loads(path.read_text("utf-8"))))
        except (FileNotFoundError, ValueError, TypeError):
            continue
    return found
