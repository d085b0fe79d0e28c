"""`/softphone/check`, `/softphone/quality`: what a page measured of its microphone and line. Only its word: bounded."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from exchange_domain import database, sound_checks
from exchange_domain.accounts import Principal
from exchange_domain.sound_checks import Measured
from exchange_domain.words import Role

MOST_BYTES = 4_096


class _Network(BaseModel):
    model_config = ConfigDict(extra="forbid")
    loss_pm: int = Field(ge=0, le=1_000)
    jitter_ms: int = Field(ge=0, le=60_000)
    trip_ms: int = Field(ge=0, le=60_000)


class _Check(_Network):
    device: str = Field(default="", max_length=200)
    voice_db: int = Field(ge=-100, le=0)
    noise_db: int = Field(ge=-100, le=0)
    heard: bool
    relay: bool | None = None


async def _read(request: Request, kind: type[_Network]) -> Any:
    """Raises HTTPException 400 for anything but what a page sends."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise HTTPException(400, "too_long")
    try:
        return kind.model_validate_json(body)
    except ValidationError:
        raise HTTPException(400, "not_understood") from None


async def check(request: Request, account: Principal, role: Role) -> dict[str, Any]:
    """Keeps a check before a shift and answers with the verdict, of the whole and of its parts."""
    if role != Role.OPERATOR:
        raise HTTPException(403, "role_missing")
    said = await _read(request, _Check)
    measured = Measured(**said.model_dump())
    async with database.session() as s:
        kept = await sound_checks.keep(s, account.account_id, measured)
    return {
        "verdict": kept.verdict.value,
        "voice": sound_checks.of_voice(measured.voice_db).value,
        "room": sound_checks.of_room(measured.noise_db).value,
        "network": sound_checks.of_network(measured.loss_pm, measured.jitter_ms, measured.trip_ms).value,
    }


async def line(request: Request, account: Principal, role: Role) -> dict[str, Any]:
    """Notes how the line of an operator's shift is; a page says so when its verdict changes."""
    said = await _read(request, _Network)
    if role != Role.OPERATOR:
        return {"kept": False}
    async with database.session() as s:
        verdict = await sound_checks.line_was(s, account.account_id, said.loss_pm, said.jitter_ms, said.trip_ms)
    return {"kept": True, "verdict": verdict.value}
