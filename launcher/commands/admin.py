"""`./run admin …`: what an administrator does from the shell. Talks to the running demo, or to DATABASE_URL."""

import argparse
import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from launcher.commands import admin_erase, admin_recordings
from launcher.data_directory import DataDirectory

if TYPE_CHECKING:
    from exchange_domain.database import Session

DEFAULT_DATA = Path(__file__).resolve().parents[2] / ".data"
ROLES = ("operator", "customer", "manager", "moderator", "admin")
PRICES = {
    "per-answered-call": "the customer's price of an answered call",
    "per-minute": "of a minute, counted by the second",
    "per-success": "of a success",
    "operator-per-call": "what the operator is paid for each placed call besides the share",
    "registration-bonus": "what a new customer begins with",
}
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
    deposit = commands.add_parser("deposit", help="put money on a customer's account")
    deposit.add_argument("--customer", metavar="NAME", required=True)
    deposit.add_argument("--amount", type=_minor_units, required=True, metavar="SUM", help="such as 5000 or 5000.50")
    deposit.add_argument("--key", metavar="KEY", help="the payment's own number: the same key again changes nothing")
    tariff = commands.add_parser("tariff", help="set the prices that hold from now on")
    tariff.add_argument("--customer", metavar="NAME", help="for this customer only (default: for everybody)")
    tariff.add_argument("--currency", default="RUB", metavar="CODE")
    for name, what in PRICES.items():
        tariff.add_argument(f"--{name}", type=_minor_units, default=0, metavar="SUM", help=what)
    tariff.add_argument(
        "--share", type=_percent, required=True, metavar="PERCENT", help="the operator's part of a charge"
    )
    more = [*admin_erase.add_parsers(commands), *admin_recordings.add_parsers(commands)]
    for command in (invite, deposit, tariff, *more):
        command.add_argument(
            "--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="data folder of the running demo"
        )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    try:
        print(asyncio.run(carry_out(chosen)))
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
    os.environ["REDIS_URL"] = run.redis_url


async def carry_out(chosen: argparse.Namespace) -> str:
    """Does a parsed command and returns what it says. Raises AdminRefused."""
    connect_to(chosen.data)
    more = {"erase": admin_erase.erase, "recordings": admin_recordings.recordings}
    command = {"invite": invite, "deposit": deposit, "tariff": tariff, **more}[chosen.command]

    from exchange_domain import database

    try:
        async with database.session() as session:
            return await command(session, chosen)
    except OSError as problem:
        raise AdminRefused(f"the database does not answer: {problem}") from problem
    finally:
        await database.dispose()


async def invite(session: "Session", chosen: argparse.Namespace) -> str:
    """The link of a new invitation."""
    from exchange_domain import invitations
    from exchange_domain.settings import settings

    customer = chosen.customer.strip() if chosen.customer else None
    known = await _customer_called(session, customer) if customer else None
    try:
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
    return f"{settings().public_url.rstrip('/')}/join/{token}"


async def deposit(session: "Session", chosen: argparse.Namespace) -> str:
    """Says what the customer has now; campaigns that stood for want of money go on."""
    from exchange_domain import campaigns, ledger

    customer = await _known_customer(session, chosen.customer)
    currency = (await ledger.balance(session, customer)).currency
    made = await ledger.deposit(session, customer, chosen.amount, currency, chosen.key or f"admin:{uuid4()}")
    resumed = await campaigns.resume_funded(session, customer)
    balance = await ledger.balance(session, customer)
    said = "deposited" if made is not None else "this payment was booked before, nothing changed"
    went_on = f"; campaigns that go on: {len(resumed)}" if resumed else ""
    return f"{said}; available {balance.available / 100:.2f} {currency}, held {balance.held / 100:.2f}{went_on}"


async def tariff(session: "Session", chosen: argparse.Namespace) -> str:
    """Adds a tariff; those before it stay as they were for calls made by them."""
    from exchange_domain.tables import Tariff

    customer = await _known_customer(session, chosen.customer) if chosen.customer else None
    prices = {f"{name.replace('-', '_')}": getattr(chosen, name.replace("-", "_")) for name in PRICES}
    session.add(
        Tariff(
            customer_id=customer,
            currency=chosen.currency.upper(),
            valid_from=datetime.now(UTC),
            operator_share_bp=chosen.share,
            **prices,
        )
    )
    await session.flush()
    return f"the tariff holds from now on for {chosen.customer or 'everybody'}"


async def _known_customer(session: "Session", name: str) -> int:
    found = await _customer_called(session, name.strip())
    if found is None:
        raise AdminRefused(f"no customer is called {name!r}")
    return found


async def _customer_called(session: "Session", name: str) -> int | None:
    from sqlmodel import func, select

    from exchange_domain.tables import Customer

    found = list(await session.exec(select(Customer.id).where(func.lower(Customer.name) == name.lower())))
    if len(found) > 1:
        raise AdminRefused(f"{len(found)} customers are called {name!r}")
    return found[0] if found else None


def _minor_units(text: str) -> int:
    """Whole minor units of a sum with at most two decimals."""
    try:
        sum_ = Decimal(text.replace(",", ".")) * 100
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is not a sum") from None
    if sum_ != sum_.to_integral_value() or not 0 <= sum_ <= 10**12:
        raise argparse.ArgumentTypeError(f"{text!r} is not a sum with two decimals")
    return int(sum_)


def _percent(text: str) -> int:
    """Basis points of a percentage."""
    points = _minor_units(text)
    if points > 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is more than 100 percent")
    return points


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days (1 to 365)")
    return int(text)
