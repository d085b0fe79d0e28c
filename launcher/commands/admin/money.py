"""`./run admin deposit` and `./run admin tariff`: what customers have paid, and what calls cost."""

import argparse
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import uuid4

from .refusal import known_customer

if TYPE_CHECKING:
    from exchange_domain.database import Session

PRICES = {
    "per-answered-call": "the customer's price of an answered call",
    "per-minute": "of a minute, counted by the second",
    "per-success": "of a success",
    "operator-per-call": "what the operator is paid for each placed call besides the share",
    "registration-bonus": "what a new customer begins with",
    "number-seat-per-minute": "what a minute of an operator's line to a telephone number costs the platform",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    paid = commands.add_parser("deposit", help="put money on a customer's account")
    paid.add_argument("--customer", metavar="NAME", required=True)
    paid.add_argument("--amount", type=minor_units, required=True, metavar="SUM", help="such as 5000 or 5000.50")
    paid.add_argument("--key", metavar="KEY", help="the payment's own number: the same key again changes nothing")
    paid.set_defaults(carry_out=deposit)
    prices = commands.add_parser("tariff", help="set the prices that hold from now on")
    prices.add_argument("--customer", metavar="NAME", help="for this customer only (default: for everybody)")
    prices.add_argument("--currency", default="RUB", metavar="CODE")
    for name, what in PRICES.items():
        prices.add_argument(f"--{name}", type=minor_units, default=0, metavar="SUM", help=what)
    prices.add_argument(
        "--share", type=_percent, required=True, metavar="PERCENT", help="the operator's part of a charge"
    )
    prices.add_argument("--number-seats", action="store_true", help="operators may be rung at a telephone number")
    prices.set_defaults(carry_out=tariff)


async def deposit(session: "Session", chosen: argparse.Namespace) -> str:
    """Says what the customer has now; campaigns that stood for want of money go on."""
    from exchange_domain import campaigns, ledger

    customer = await known_customer(session, chosen.customer)
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

    customer = await known_customer(session, chosen.customer) if chosen.customer else None
    prices = {f"{name.replace('-', '_')}": getattr(chosen, name.replace("-", "_")) for name in PRICES}
    session.add(
        Tariff(
            customer_id=customer,
            currency=chosen.currency.upper(),
            valid_from=datetime.now(UTC),
            operator_share_bp=chosen.share,
            number_seats=chosen.number_seats,
            **prices,
        )
    )
    await session.flush()
    return f"the tariff holds from now on for {chosen.customer or 'everybody'}"


def minor_units(text: str) -> int:
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
    points = minor_units(text)
    if points > 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is more than 100 percent")
    return points
