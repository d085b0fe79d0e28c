"""`python -m launcher COMMAND …`: what `./run` hands over to once everything is installed."""

import sys

from launcher import commands


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["help"]
    if name in ("help", "--help", "-h"):
        print(commands.help_text())
        return 0
    command = commands.find(name)
    if command is None:
        print(f"run: there is no command {name!r}\n\n{commands.help_text()}", file=sys.stderr)
        return 2
    return command.load().main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
