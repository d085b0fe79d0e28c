"""`./run admin invariants`: what must always hold, asked of the database."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange_domain.database import Session


class Broken(Exception):
    """Something does not hold; the text says what."""


def add_parsers(commands: Any) -> tuple[argparse.ArgumentParser, ...]:
    """The command's parser, made in the subparsers of `./run admin`."""
    invariants = commands.add_parser("invariants", help="check what must always hold: calls, contacts, money")
    invariants.add_argument(
        "--hours-since", type=datetime.fromisoformat, metavar="TIME",
        help="judge calling hours of calls from then on only (they are judged by the hours of today)",
    )  # fmt: skip
    return (invariants,)


async def invariants(session: "Session", chosen: argparse.Namespace) -> str:
    """Says that all is well. Raises Broken."""
    from exchange_domain.invariants import broken

    since: datetime | None = chosen.hours_since
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    found = await broken(session, datetime.now(UTC), hours_since=since)
    if found:
        raise Broken("\n".join(("this does not hold:", *found)))
    return "everything that must hold does"


HANDLERS = {"invariants": invariants}
