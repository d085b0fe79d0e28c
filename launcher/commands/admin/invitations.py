"""`./run admin invite`: a one-use link to join."""

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from .refusal import AdminRefused, customer_called

if TYPE_CHECKING:
    from exchange_domain.database import Session

ROLES = ("operator", "customer", "manager", "moderator", "admin")
REASONS = {
    "bad_role": "these roles cannot be invited together",
    "needs_customer": "the roles customer and manager need --customer NAME",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("invite", help="print a one-use invitation link")
    command.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given several times")
    command.add_argument("--email", metavar="ADDRESS", help="only this address may accept")
    command.add_argument(
        "--customer", metavar="NAME", help="whose customer or manager; a new customer is made when none has this name"
    )
    command.add_argument("--days", type=_days, default=7, metavar="N", help="days until it expires (default: 7)")
    command.set_defaults(carry_out=invite)


async def invite(session: "Session", chosen: argparse.Namespace) -> str:
    """The link of a new invitation."""
    from exchange_domain import invitations
    from exchange_domain.settings import settings

    customer = chosen.customer.strip() if chosen.customer else None
    known = await customer_called(session, customer) if customer else None
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


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days (1 to 365)")
    return int(text)
