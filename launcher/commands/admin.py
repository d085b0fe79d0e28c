"""`./run admin …`: what an administrator does from the shell. Talks to the running demo, or to DATABASE_URL."""

import argparse
import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from launcher.data_directory import DataDirectory

DEFAULT_DATA = Path(__file__).resolve().parents[2] / ".data"
ROLES = ("operator", "customer", "manager", "moderator", "admin")
REASONS = {
    "bad_role": "these roles cannot be invited together",
    "needs_customer": "the roles customer and manager need --customer NAME",
}


class AdminRefused(Exception):
    """The command cannot be done; the text says why."""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run admin", description="What an administrator does from the shell.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    invite = commands.add_parser("invite", help="print a one-use invitation link")
    invite.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given several times")
    invite.add_argument("--email", metavar="ADDRESS", help="only this address may accept")
    invite.add_argument(
        "--customer", metavar="NAME", help="whose customer or manager; a new customer is made when none has this name"
    )
    invite.add_argument("--days", type=_days, default=7, metavar="N", help="days until it expires (default: 7)")
    invite.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="data folder of the running demo"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    try:
        print(asyncio.run(invite(chosen)))
    except AdminRefused as problem:
        print(f"run admin: {problem}", file=sys.stderr)
        return 1
    return 0


def connect_to(data: Path) -> None:
    """Point the settings at DATABASE_URL, or without it at the demo that runs on `data`.

    Raises:
        AdminRefused: there is neither.
    """
    if os.environ.get("DATABASE_URL"):
        return
    run = DataDirectory(data).read_run()
    if run is None:
        raise AdminRefused(f"no demo runs on {data.absolute()} and DATABASE_URL is not set")
    os.environ["DATABASE_URL"] = run.database_url
    os.environ["PUBLIC_URL"] = run.public_url


async def invite(chosen: argparse.Namespace) -> str:
    """The link of a new invitation."""
    connect_to(chosen.data)

    from exchange_domain import database, invitations
    from exchange_domain.settings import settings

    try:
        async with database.session() as session:
            customer = chosen.customer.strip() if chosen.customer else None
            known = await _customer_called(session, customer) if customer else None
            token = await invitations.issue(
                session,
                roles=chosen.role,
                email=chosen.email,
                customer_id=known,
                customer_name=None if known else customer,
                valid_for=timedelta(days=chosen.days),
            )
    except invitations.InvitationError as problem:
        raise AdminRefused(REASONS.get(problem.code, problem.code)) from problem
    except OSError as problem:
        raise AdminRefused(f"the database does not answer: {problem}") from problem
    finally:
        await database.dispose()
    return f"{settings().public_url.rstrip('/')}/join/{token}"


async def _customer_called(session, name: str) -> int | None:
    from sqlmodel import func, select

    from exchange_domain.tables import Customer

    found = list(await session.exec(select(Customer.id).where(func.lower(Customer.name) == name.lower())))
    if len(found) > 1:
        raise AdminRefused(f"{len(found)} customers are called {name!r}")
    return found[0] if found else None


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days (1 to 365)")
    return int(text)
