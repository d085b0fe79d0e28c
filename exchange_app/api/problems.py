"""What a request is refused with: a code for programs, a sentence for people, and where the fault is."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from exchange_app.faults import described

log = structlog.get_logger(__name__)
MOST_FAULTS = 20


class Fault(BaseModel):
    where: str = Field(description="Path into the request, such as body.contacts.3.numbers")
    problem: str


class Problem(BaseModel):
    error: str = Field(description="A code that does not change.")
    detail: str = Field(description="What is wrong, in English.")
    faults: list[Fault] = Field(default_factory=list)


class ApiProblem(Exception):
    """A refusal. Raised inside a transaction it undoes it."""

    def __init__(
        self, status: int, code: str, detail: str, *, where: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status, self.headers = status, dict(headers or {})
        self.problem = Problem(error=code, detail=detail, faults=[Fault(where=where, problem=detail)] if where else [])


def not_found() -> ApiProblem:
    """The one answer for what is missing and for what is another customer's."""
    return ApiProblem(404, "not_found", "There is no such thing.")


_WORDS = {
    400: ("bad_request", "The body cannot be read."),
    404: ("not_found", "There is no such thing."),
    405: ("method_not_allowed", "This address does not know that method."),
    413: ("too_large", "The body is longer than 8 MB."),
}
DESCRIPTIONS = {
    400: "The body cannot be read",
    401: "No token, or none that is known",
    403: "The token's scopes do not reach for this",
    404: "There is no such thing, or it is another customer's",
    409: "Not possible as things stand",
    413: "The body is longer than 8 MB",
    416: "No such range",
    422: "Something in the request is not as documented",
    429: "Too many requests; see Retry-After",
    503: "Something behind us is away for a moment",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Refusals of an operation for the documentation; those of every operation are among them."""
    return {
        status: {"model": Problem, "description": DESCRIPTIONS[status]}
        for status in sorted({401, 403, 422, 429, 503, *statuses})
    }


def _answer(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(problem.model_dump(), status, headers=dict(headers or {}))


def _faults(errors: Sequence[Any]) -> list[Fault]:
    return [
        Fault(where=".".join(str(part) for part in one["loc"]), problem=str(one["msg"])) for one in errors[:MOST_FAULTS]
    ]


def install(app: FastAPI) -> None:
    """Every refusal in the one shape."""

    @app.exception_handler(ApiProblem)
    async def refused(request: Request, problem: ApiProblem) -> JSONResponse:
        return _answer(problem.status, problem.problem, problem.headers)

    @app.exception_handler(RequestValidationError)
    async def not_as_documented(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = _faults(error.errors())
        return _answer(422, Problem(error="not_valid", detail="See faults for what and where.", faults=faults))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        code, detail = _WORDS.get(error.status_code, ("refused", str(error.detail)))
        return _answer(error.status_code, Problem(error=code, detail=detail), error.headers)

    @app.exception_handler(RedisError)
    @app.exception_handler(OperationalError)
    @app.exception_handler(InterfaceError)
    @app.exception_handler(OSError)
    async def away(request: Request, error: Exception) -> JSONResponse:
        log.error("api_behind_away", **described(error))
        return _answer(503, Problem(error="away", detail=DESCRIPTIONS[503]), {"retry-after": "2"})

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        log.error("api_failed", **described(error))
        return _answer(500, Problem(error="failed", detail="This is our fault. Nothing was changed."))
