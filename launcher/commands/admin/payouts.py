"""`./run admin payouts …`: operators are paid. Gather wishes, approve, hand to the bank, say what it did."""

import argparse
import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from .refusal import AdminRefused, known_admin

if TYPE_CHECKING:
    from exchange_domain.database import Session

WORDS = {
    "unknown": "there is no such batch or payout", "own_payout": "nobody approves a batch with a wish of their own",
    "not_approved": "the batch is not approved by enough people",
    "not_exported": "the payout is in no batch that was handed to the bank, or is accounted for otherwise",
}  # fmt: skip


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("payouts", help="pay operators: gather, approve, export, paid, failed")
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    gather = steps.add_parser("gather", help="make a batch of all wishes that are in none")
    gather.add_argument("--as", dest="who", metavar="E-MAIL", required=True, help="the administrator who does it")
    gather.add_argument("--currency", default="RUB", metavar="CODE")
    gather.set_defaults(carry_out=do_gather)
    approve = steps.add_parser("approve", help="say that a batch may be sent; large ones need two people")
    approve.add_argument("batch", type=int)
    approve.add_argument("--as", dest="who", metavar="E-MAIL", required=True)
    approve.set_defaults(carry_out=do_approve)
    export = steps.add_parser("export", help="write an approved batch as CSV for the bank; it is sent from then on")
    export.add_argument("batch", type=int)
    export.add_argument("--to", type=Path, required=True, metavar="FILE")
    export.set_defaults(carry_out=do_export)
    for name, what in (
        ("paid", "the bank has paid"),
        ("failed", "the bank has not: the money is the operator's again"),
    ):
        answer = steps.add_parser(name, help=what)
        answer.add_argument("payout", type=UUID)
        answer.set_defaults(carry_out=do_answer)
        if name == "failed":
            answer.add_argument("--why", required=True, metavar="WORDS", help="told to the operator")


async def do_gather(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import payouts

    who = await known_admin(session, chosen.who)
    batch = await payouts.gather(session, who, chosen.currency.upper())
    if batch is None:
        return "nobody asks to be paid"
    needed = "one person approves" if batch.approvals_needed == 1 else "two people approve"
    return f"batch {batch.id}: {batch.total / 100:.2f} {batch.currency}; it is sent when {needed}"


async def do_approve(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import payouts

    who = await known_admin(session, chosen.who)
    with _refused():
        batch = await payouts.approve(session, chosen.batch, who)
    return f"batch {batch.id}: {batch.state.value}"


async def do_export(session: "Session", chosen: argparse.Namespace) -> str:
    """The file is written anew each time: what is accounted for already is not in it."""
    from exchange_domain import payouts

    with _refused():
        lines = await payouts.export(session, chosen.batch, datetime.now(UTC))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["payout", "operator", "target", "amount", "currency"])
    for line in lines:
        # A text that begins like a formula is none.
        cells = [f"'{cell}" if cell[:1] in "=+-@" else cell for cell in (line.operator, line.target)]
        writer.writerow([str(line.id), *cells, f"{line.amount // 100}.{line.amount % 100:02}", line.currency])
    chosen.to.write_text(text.getvalue(), encoding="utf-8-sig")
    return f"{len(lines)} payouts written to {chosen.to}"


async def do_answer(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import payouts

    paid = chosen.step == "paid"
    with _refused():
        payout = await payouts.account_for(
            session, chosen.payout, paid=paid, why="" if paid else chosen.why, at=datetime.now(UTC)
        )
    return f"payout {payout.id}: {payout.state.value}"


class _refused:
    """The domain's refusals in an administrator's words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from exchange_domain.payouts import PayoutError

        if isinstance(error, PayoutError):
            raise AdminRefused(WORDS.get(error.code, error.code)) from error
