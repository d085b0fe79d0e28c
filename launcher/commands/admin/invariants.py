"""`./run admin invariants`: what must always hold, asked of the database."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .refusal import AdminRefused

if TYPE_CHECKING:
    from exchange_domain.database import Session


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    checked = commands.add_parser("invariants", help="check what must always hold: calls, contacts, money")
    checked.add_argument(
        "--hours-since", type=datetime.fromisoformat, metavar="TIME",
        help="judge calling hours of calls from then on only (they are judged by the hours of today)",
    )  # fmt: skip
    checked.set_defaults(carry_out=invariants)


async def invariants(session: "Session", chosen: argparse.Namespace) -> str:
    """Says that all is well. Raises AdminRefused with what does not hold."""
    from exchange_domain.invariants import broken

    since: datetime | None = chosen.hours_since
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    found = await broken(session, datetime.now(UTC), hours_since=since)
    if found:
        raise AdminRefused("\n".join(("this does not hold:", *found)))
    return "everything that must hold does"
