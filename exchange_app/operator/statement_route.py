"""`GET /operator/statement.{format}?zone=`: all movements of one's own money as a file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from exchange_app.security import require_session
from exchange_domain import operator_statement
from exchange_domain.words import FileFormat

from .work_figures import known_zone

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


async def statement(request: Request) -> Response:
    """The signed-in operator's own; there is no way to name another's. 404 for a format there is not."""
    account = await require_session(request, "operator")
    suffix = request.path_params["format"]
    if suffix not in MEDIA:
        return Response(status_code=404)
    zone = ZoneInfo(known_zone(request.query_params.get("zone", "UTC")))
    folder = TemporaryDirectory(prefix="exchange-statement-")
    path = Path(folder.name) / f"statement.{suffix}"
    try:
        await operator_statement.make(account.account_id, FileFormat(suffix), zone, account.language, path)
    except BaseException:
        folder.cleanup()
        raise
    headers = {
        "content-disposition": f'attachment; filename="statement.{suffix}"', "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }  # fmt: skip
    return FileResponse(path, media_type=MEDIA[suffix], headers=headers, background=BackgroundTask(folder.cleanup))


def routes() -> list[Route]:
    return [Route("/operator/statement.{format}", statement, methods=["GET"])]
