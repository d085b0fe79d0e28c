"""`./run admin …`: what an administrator does from the shell. Talks to the running demo, or to DATABASE_URL.

A topic is a module of this package with `add_to(commands)`, which adds its words and sets `carry_out`: an async
function of the session and the parsed arguments that returns what is to be said, or raises AdminRefused. TOPICS names
them.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from launcher.data_directory import DataDirectory

from . import (
    accounts,
    disputes,
    do_not_call,
    erase,
    invariants,
    invitations,
    limits,
    margins,
    money,
    payouts,
    recordings,
    switches,
)  # fmt: skip
from .refusal import AdminRefused

__all__ = ["AdminRefused", "carry_out", "connect_to", "main", "parse"]
DEFAULT_DATA = Path(__file__).resolve().parents[3] / ".data"
TOPICS = (
    accounts,
    invitations,
    money,
    margins,
    payouts,
    disputes,
    limits,
    do_not_call,
    erase,
    recordings,
    switches,
    invariants,
)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run admin", description="What an administrator does from the shell.")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="data folder of the running demo"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for topic in TOPICS:
        topic.add_to(commands)
    _after_each_word_too(commands)
    return parser.parse_args(arguments)


def _after_each_word_too(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`--data` may stand behind every word of the command; given nowhere, it leaves what an earlier one says."""
    for command in commands.choices.values():
        deeper = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
        command.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="DIR", help=argparse.SUPPRESS)
        for further in deeper:
            _after_each_word_too(further)


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

    from exchange_domain import database

    try:
        async with database.session() as session:
            return await chosen.carry_out(session, chosen)
    except OSError as problem:
        raise AdminRefused(f"the database does not answer: {problem}") from problem
    finally:
        await database.dispose()
