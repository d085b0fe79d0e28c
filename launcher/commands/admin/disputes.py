"""`./run admin disputes …`: charges that customers contest, and what is decided of them."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .refusal import AdminRefused, known_admin

if TYPE_CHECKING:
    from exchange_domain.database import Session


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("disputes", help="contested charges: list, refund, uphold")
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    steps.add_parser("list", help="those that wait, the oldest first").set_defaults(carry_out=do_list)
    for name, what in (("refund", "the customer is right"), ("uphold", "the charge was right")):
        step = steps.add_parser(name, help=what)
        step.add_argument("dispute", type=int)
        step.add_argument("--as", dest="who", metavar="E-MAIL", required=True, help="the administrator who decides")
        step.add_argument("--words", default="", help="told to the customer")
        if name == "refund":
            step.add_argument("--not-paid", action="store_true", help="the operator is not paid for this call")
        step.set_defaults(carry_out=do_decide)


async def do_list(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import disputes

    found = await disputes.open_ones(session)
    lines = [
        f"{one.id}: call {one.call_id}, {one.amount / 100:.2f}, {one.opened_at:%Y-%m-%d}: {' '.join(one.words.split())}"
        for one in found
    ]
    return "\n".join(lines) or "nothing is contested"


async def do_decide(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import disputes

    who = await known_admin(session, chosen.who)
    refund = chosen.step == "refund"
    try:
        made = await disputes.decide(
            session, chosen.dispute, who, refund=refund, operator_keeps=not getattr(chosen, "not_paid", False),
            words=chosen.words, at=datetime.now(UTC),
        )  # fmt: skip
    except disputes.DisputeError as refused:
        words = {"unknown": "there is no such dispute", "decided": "it was decided otherwise already"}
        raise AdminRefused(words.get(refused.code, refused.code)) from refused
    return f"dispute {made.id}: {made.state.value}, given back {made.refunded / 100:.2f}"
