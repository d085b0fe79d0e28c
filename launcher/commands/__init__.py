"""The table of commands: one module each, named here with what the help says of it.

This module and the top level of each command module import only the standard library, so that the help and a
command's early checks work before anything is installed.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Command:
    """One word after `./run`.

    The module has `main(arguments: list[str]) -> int`, the command's exit status, and may have
    `check_early(arguments: list[str]) -> None`, which raises `SystemExit` before any slow work.
    """

    name: str
    usage: str
    summary: str
    module: str
    needs_development_tools: bool = False

    def load(self) -> ModuleType:
        return import_module(self.module)


COMMANDS = (
    Command(
        "demo",
        "[--port N] [--data DIR] [--fresh]",
        "start the whole exchange with sample data and a simulated switch",
        "launcher.commands.demo",
    ),
    Command(
        "admin",
        "invite --role ROLE [--email ADDRESS] [--customer NAME] | deposit … | tariff … | do-not-call …",
        "invitations, money, prices, numbers that nobody may call",
        "launcher.commands.admin",
    ),
    Command(
        "switch",
        "[--check] [--folder DIR] [--web URL]",
        "start a real FreeSWITCH with the exchange's configuration, and check it",
        "launcher.commands.switch",
    ),
    Command(
        "replay",
        "FILE_OR_FOLDER…",
        "play recorded exchanges with a switch against the simulator",
        "launcher.commands.replay",
    ),
    Command(
        "faults",
        "[--calls N] [--only LINKS] [--kind FAULTS] [--seed S]",
        "break the engine's links while calls are up, and account for every call",
        "launcher.commands.faults",
    ),
    Command(
        "simulate",
        "[--seeds N] [--steps M] [--seed S] [--trace] [--planted]",
        "run the engine's core in a world that breaks, each run repeatable by its seed",
        "launcher.commands.simulate",
    ),
    Command(
        "bench",
        "all | events | live | work | import | results [--out FILE]",
        "measure the engine, pages, claims, money and imports, each beside what the machine can do",
        "launcher.commands.bench",
        needs_development_tools=True,
    ),
    Command(
        "load",
        "[--operators N] [--minutes M] [--stampede] [--thundering]",
        "people at work in an exchange of its own, by Locust: a table, a report, and what must hold",
        "launcher.commands.load",
        needs_development_tools=True,
    ),
    Command(
        "fuzz",
        "[--minutes M] [--seed N]",
        "every parser of what strangers send, under whatever can be drawn",
        "launcher.commands.fuzz",
        needs_development_tools=True,
    ),
    Command("test", "[pytest arguments]", "run the tests", "launcher.commands.test", needs_development_tools=True),
    Command(
        "check",
        "[--fix]",
        "format, lint, types and import rules",
        "launcher.commands.check",
        needs_development_tools=True,
    ),
)


def find(name: str) -> Command | None:
    return next((command for command in COMMANDS if command.name == name), None)


def help_text() -> str:
    """What `./run help` prints."""
    lines = ["usage: ./run COMMAND [arguments]", ""]
    for command in COMMANDS:
        lines.append(f"  ./run {command.name} {command.usage}".rstrip())
        lines.append(f"      {command.summary}")
    lines += ["  ./run help", "      this text", "", "./run COMMAND --help says more about a command."]
    return "\n".join(lines)
