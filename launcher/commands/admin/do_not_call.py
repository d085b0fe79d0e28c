"""`./run admin do-not-call`: the platform's list of numbers that nobody may call, and customers' lists."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .refusal import AdminRefused, known_customer

if TYPE_CHECKING:
    from exchange_domain.database import Session
    from exchange_domain.number_lines import BadLine, NumberLines

LARGEST_FILE = 2**22
"""Bytes: some 200,000 numbers; a longer list is given in parts."""
MOST_SHOWN = 20


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    topic = commands.add_parser("do-not-call", help="numbers that nobody may call: add, remove, list")
    what = topic.add_subparsers(dest="action", required=True, metavar="ACTION")
    added = what.add_parser("add", help="put numbers on the list; contacts without another number are done")
    added.add_argument("--reason", default="", metavar="TEXT", help="for lines that bring none of their own")
    removed = what.add_parser("remove", help="take numbers off the list, whatever put them there")
    for command in (added, removed):
        command.add_argument("numbers", nargs="*", metavar="NUMBER")
        command.add_argument("--file", type=Path, metavar="F", help="a number a line, a remark after it; - reads stdin")
        command.add_argument("--country", metavar="CODE", help="of numbers without a plus (default: the customer's)")
    listed = what.add_parser("list", help="print the list, the latest first")
    listed.add_argument("--search", default="", metavar="DIGITS")
    listed.add_argument("--most", type=int, default=100, metavar="N", help="lines to print (default: 100)")
    for command, function in ((added, add), (removed, remove), (listed, print_list)):
        command.add_argument("--customer", metavar="NAME", help="this customer's list (default: the platform's)")
        command.set_defaults(carry_out=function)


async def add(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import do_not_call
    from exchange_domain.words import DoNotCallSource

    customer, read = await _customer(session, chosen), _numbers(chosen, await _country(session, chosen))
    numbers = [(e164, remark or chosen.reason) for e164, remark in read.numbers.items()]
    done = await do_not_call.add(session, numbers, customer_id=customer, source=DoNotCallSource.ADMIN)
    said = f"added {done.added}, already there {done.already_there}; contacts that are not called any more: "
    return f"{said}{done.contacts_ended}{_refused(read.bad)}"


async def remove(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import do_not_call

    customer, read = await _customer(session, chosen), _numbers(chosen, await _country(session, chosen))
    gone = await do_not_call.remove(session, list(read.numbers), customer_id=customer, at=datetime.now(UTC))
    return f"removed {gone}, not on the list {len(read.numbers) - gone}{_refused(read.bad)}"


async def print_list(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import do_not_call

    customer = await _customer(session, chosen)
    digits = "".join(ch for ch in chosen.search if ch.isdigit())
    entries = await do_not_call.page(session, customer, digits=digits, limit=max(1, chosen.most))
    lines = [f"{e.e164}  {e.created_at:%Y-%m-%d}  {e.source.value}  {e.reason}".rstrip() for e in entries]
    return "\n".join([*lines, f"{await do_not_call.count(session, customer)} on the list"])


async def _customer(session: "Session", chosen: argparse.Namespace) -> int | None:
    return await known_customer(session, chosen.customer) if chosen.customer else None


async def _country(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain.tables import Customer

    if chosen.country or not chosen.customer:
        return (chosen.country or "RU").upper()
    return (await session.get_one(Customer, await known_customer(session, chosen.customer))).country


def _numbers(chosen: argparse.Namespace, country: str) -> "NumberLines":
    """The numbers of the file, whose lines are counted, and after it those of the command line. Raises AdminRefused."""
    from exchange_domain import number_lines
    from exchange_domain.importing import NumberRules, UnreadableList

    text = "\n".join([*([_content(chosen.file).rstrip()] if chosen.file else []), *chosen.numbers])
    try:
        read = number_lines.read(text, NumberRules(country))
    except UnreadableList as problem:
        raise AdminRefused(str(problem)) from problem
    except number_lines.TooManyLines as problem:
        raise AdminRefused(f"{problem} lines, at most {number_lines.MOST_LINES} at once") from problem
    if not read.numbers:
        raise AdminRefused("no number was given" + _refused(read.bad))
    return read


def _content(file: Path) -> str:
    try:
        given = sys.stdin.buffer if str(file) == "-" else file.open("rb")
        with given:
            content = given.read(LARGEST_FILE + 1)
    except OSError as problem:
        raise AdminRefused(f"{file}: {problem.strerror}") from problem
    if len(content) > LARGEST_FILE:
        raise AdminRefused(f"{file}: larger than {LARGEST_FILE // 2**20} MB, give it in parts")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1251", "replace")


def _refused(bad: "list[BadLine]") -> str:
    """What was not taken, line by line."""
    shown = [f"\n  line {b.line}: {b.reason.text('en')}" for b in bad[:MOST_SHOWN]]
    more = f"\n  and {len(bad) - MOST_SHOWN} more" if len(bad) > MOST_SHOWN else ""
    return (f"\nnot taken: {len(bad)}" + "".join(shown) + more) if bad else ""
