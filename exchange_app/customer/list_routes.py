"""Plain HTTP for lists: the upload as a stream, and the file of the rows that were not taken."""

from urllib.parse import quote, unquote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange_app.security import require_session
from exchange_domain import database
from exchange_domain.importing import LIMITS, UnreadableList, uploads
from exchange_domain.tables import ListImport

from .rights import owned
from .upload_lock import Busy, one_at_a_time

log = structlog.get_logger(__name__)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def upload(request: Request) -> Response:
    """Takes a list as the request's body; its name stands in the header `X-File-Name`, percent-encoded.

    Answers 200 {"upload"}, or {"error", "text"} with 400 broken off, 401 signed out, 403 other role or site, 404 no
    such campaign, 409 another list is under way, 413 too large.
    """
    try:
        account = await require_session(request, "customer")
    except HTTPException as refused:
        return _refused(refused.status_code, str(refused.detail))
    campaign_id = request.path_params["campaign"]
    async with database.session() as db:
        campaign = await owned(db, account, campaign_id)
    if campaign is None:
        return _refused(404, "no_such_campaign")
    too_large = UnreadableList("too_large", size=_megabytes(request), limit=LIMITS.file_bytes // 2**20)
    if _length(request) > LIMITS.file_bytes:
        return _refused(413, "too_large", too_large.text(account.language))
    name = unquote(request.headers.get("x-file-name", ""))[:255] or "list"
    try:
        async with one_at_a_time(campaign.customer_id):
            kept = await uploads.keep(
                request.stream(),
                campaign_id=campaign_id,
                customer_id=campaign.customer_id,
                account_id=account.account_id,
                file_name=name.replace("\x00", ""),
            )
    except Busy:
        return _refused(409, "busy")
    except uploads.TooLarge:
        return _refused(413, "too_large", too_large.text(account.language))
    except ClientDisconnect:
        return _refused(400, "broken_off")
    log.info("list_uploaded", campaign_id=campaign_id, account_id=account.account_id, size=kept.size)
    return JSONResponse({"upload": kept.id})


async def rejected_rows(request: Request) -> Response:
    """The file of an import's rejected rows, for the customer whose import it was."""
    account = await require_session(request, "customer")
    campaign_id, import_id = request.path_params["campaign"], request.path_params["list_import"]
    async with database.session() as db:
        campaign = await owned(db, account, campaign_id)
        entry = await db.get(ListImport, import_id) if campaign else None
    if entry is None or entry.campaign_id != campaign_id or entry.rejected_file is None:
        return Response(status_code=404)
    stem = entry.file_name.rsplit(".", 1)[0][:100] or "list"
    in_full = f"filename*=UTF-8''{quote(stem, safe='')}-rejected.xlsx"
    return Response(
        entry.rejected_file,
        media_type=_XLSX,
        headers={
            "content-disposition": f'attachment; filename="rejected.xlsx"; {in_full}',
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
        },
    )


def routes() -> list[Route]:
    uploads.sweep()
    return [
        Route("/customer/campaign/{campaign:int}/upload", upload, methods=["POST"]),
        Route("/customer/campaign/{campaign:int}/rejected/{list_import:int}.xlsx", rejected_rows, methods=["GET"]),
    ]


def _refused(status: int, code: str, text: str = "") -> Response:
    return JSONResponse({"error": code, "text": text}, status)


def _length(request: Request) -> int:
    sent = request.headers.get("content-length", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 16 else 0


def _megabytes(request: Request) -> int:
    return max(-(-_length(request) // 2**20), LIMITS.file_bytes // 2**20 + 1)
