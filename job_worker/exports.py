"""Makes ordered files: into a file beside, which takes its name when it is complete."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import structlog

from exchange_domain import database, export_files, exporting
from exchange_domain.tables import ExportFile
from exchange_domain.words import ExportState

log = structlog.get_logger(__name__)


async def make(export_id: UUID, last_try: bool = True) -> None:
    """One file to its end; again, it is made anew. `last_try`: a failure is its end."""
    async with database.session() as s:
        export = await s.get(ExportFile, export_id)
    if export is None or export.state is not ExportState.WAITING:
        return
    await asyncio.to_thread(export_files.folder().mkdir, parents=True, exist_ok=True)
    target = export_files.path_of(export)
    partial = target.with_suffix(".part")
    try:
        rows = await exporting.make(export.campaign_id, export.kind, export.format, export.language, partial)
        await asyncio.to_thread(partial.replace, target)
    except Exception:
        if last_try:
            async with database.session() as s:
                await export_files.failed(s, export_id)
        raise
    async with database.session() as s:
        await export_files.ready(s, export_id, rows, datetime.now(UTC))
    log.info("export made", export_id=str(export_id), rows=rows)
