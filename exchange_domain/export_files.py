"""Long exports: ordered, made by the worker, told by mail, fetched by whoever ordered them, gone after a week."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import jobs, mails
from .settings import settings
from .tables import Account, Campaign, ExportFile
from .texts import say, speaking
from .words import ExportKind, ExportState, FileFormat

TASK = "export_file"
AT_ONCE = 5_000
"""A file of up to so many rows is made while its reader waits."""
KEPT = timedelta(days=7)


def folder() -> Path:
    return settings().data_dir / "exports"


def path_of(export: ExportFile) -> Path:
    return folder() / f"{export.id}.{export.format.value}"


async def order(
    s: AsyncSession, campaign_id: int, account: int, kind: ExportKind, file_format: FileFormat, lang: str
) -> UUID:
    """Has the file made. The same wish again, while the first is waiting, is the same file."""
    known = await s.execute(
        text(
            "select id from export_file where campaign_id = :campaign and account_id = :account and kind = :kind "
            "and format = :format and state = 'waiting' limit 1"
        ),
        {"campaign": campaign_id, "account": account, "kind": kind.value, "format": file_format.value},
    )
    if (waiting := known.scalar_one_or_none()) is not None:
        return waiting
    row = ExportFile(campaign_id=campaign_id, account_id=account, kind=kind, format=file_format, language=lang)
    s.add(row)
    await s.flush()
    await jobs.order(s, TASK, {"export_id": str(row.id)}, lock=f"export:{account}")
    return row.id


async def ready(s: AsyncSession, export_id: UUID, rows: int, at: datetime) -> None:
    """The file is there: whoever ordered it is written a link. Again: nothing more."""
    export = await s.get(ExportFile, export_id, with_for_update=True)
    if export is None or export.state is not ExportState.WAITING:
        return
    export.state, export.rows, export.ready_at = ExportState.READY, rows, at
    s.add(export)
    account = await s.get_one(Account, export.account_id)
    campaign = await s.get_one(Campaign, export.campaign_id)
    with speaking(account.language):
        link = f"{settings().public_url.rstrip('/')}/customer/exports/{export_id}"
        subject = say("The file of “{campaign}” is ready", campaign=campaign.name)
        body = "\n\n".join(
            [
                say("Hello, {name}!", name=account.display_name),
                say("The file you asked for has {rows} rows. Sign in and fetch it here: {link}", rows=rows, link=link),
                say("It is kept for {days} days.", days=KEPT.days),
            ]
        )
    await mails.write(s, account, subject, body + "\n", once=f"export:{export_id}")


async def failed(s: AsyncSession, export_id: UUID) -> None:
    export = await s.get(ExportFile, export_id, with_for_update=True)
    if export is not None and export.state is ExportState.WAITING:
        export.state = ExportState.FAILED
        s.add(export)


async def forget(s: AsyncSession, before: datetime) -> int:
    """Some of those of before, with their files; returns how many."""
    gone = await s.execute(
        text(
            "delete from export_file where id in "
            "(select id from export_file where created_at < :before order by created_at limit 500) returning id, format"
        ),
        {"before": before},
    )
    rows = gone.all()
    for row in rows:
        with suppress(FileNotFoundError):
            await asyncio.to_thread((folder() / f"{row.id}.{row.format}").unlink)
    return len(rows)
