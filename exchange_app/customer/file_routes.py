"""Files of a customer: exported results and contacts, invoices and acts."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from exchange_app.security import require_session
from exchange_domain import database, export_files, exporting, papers
from exchange_domain.tables import Campaign, ExportFile
from exchange_domain.words import ExportKind, ExportState, FileFormat

from .rights import owned

log = structlog.get_logger(__name__)
MEDIA = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
}
PRIVATE = {"x-content-type-options": "nosniff", "cache-control": "private, no-store"}


def _attachment(name: str, suffix: str) -> dict[str, str]:
    in_full = f"filename*=UTF-8''{quote(name[:100], safe='')}.{suffix}"
    return {**PRIVATE, "content-disposition": f'attachment; filename="file.{suffix}"; {in_full}'}


async def export(request: Request) -> Response:
    """A short file, made now. 404 for a foreign campaign, 409 for one that is so long that it has to be ordered."""
    account = await require_session(request, "customer")
    try:
        kind = ExportKind(request.path_params["kind"])
        file_format = FileFormat(request.path_params["format"])
    except ValueError:
        return Response(status_code=404)
    async with database.session() as s:
        campaign = await owned(s, account, request.path_params["campaign"])
        rows = await exporting.count(s, request.path_params["campaign"], kind) if campaign else 0
    if campaign is None or campaign.id is None:
        return Response(status_code=404)
    if rows > export_files.AT_ONCE:
        return Response(status_code=409)
    folder = TemporaryDirectory(prefix="exchange-export-")
    path = Path(folder.name) / f"file.{file_format.value}"
    try:
        await exporting.make(campaign.id, kind, file_format, account.language, path)
    except BaseException:
        folder.cleanup()
        raise
    log.info("exported", campaign_id=campaign.id, account_id=account.account_id, kind=kind.value)
    return FileResponse(
        path, media_type=MEDIA[file_format], headers=_attachment(f"{campaign.name} {kind.value}", file_format.value),
        background=BackgroundTask(folder.cleanup),
    )  # fmt: skip


async def ordered_file(request: Request) -> Response:
    """A file that was ordered, for whoever ordered it while the campaign is theirs."""
    account = await require_session(request, "customer")
    async with database.session() as s:
        export = await s.get(ExportFile, request.path_params["export"])
        if export is None or export.account_id != account.account_id:
            return Response(status_code=404)
        campaign: Campaign | None = await owned(s, account, export.campaign_id)
    path = export_files.path_of(export)
    if campaign is None or export.state is not ExportState.READY or not await asyncio.to_thread(path.is_file):
        return Response(status_code=404)
    name = f"{campaign.name} {export.kind.value}"
    return FileResponse(path, media_type=MEDIA[export.format], headers=_attachment(name, export.format.value))


async def paper(request: Request) -> Response:
    """An invoice or an act of this person's customers, as PDF."""
    account = await require_session(request, "customer")
    async with database.session() as s:
        found = await papers.one(s, request.path_params["paper"], account.customers)
    if found is None:
        return Response(status_code=404)
    content = await asyncio.to_thread(papers.pdf_of, found, account.language)
    name = f"{found.kind.value} {found.year}-{found.number:06}"
    return Response(content, media_type="application/pdf", headers=_attachment(name, "pdf"))


def routes() -> list[Route]:
    return [
        Route("/customer/campaign/{campaign:int}/export/{kind}.{format}", export, methods=["GET"]),
        Route("/customer/exports/{export:uuid}", ordered_file, methods=["GET"]),
        Route("/customer/papers/{paper:int}.pdf", paper, methods=["GET"]),
    ]
