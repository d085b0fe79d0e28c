"""`./run demo`: the whole exchange on this machine, with sample data and a simulated switch."""

import argparse
import sys
from pathlib import Path

from launcher import ports
from launcher.data_directory import DataDirectory, DataDirectoryRefused

DEFAULT_DATA = Path(__file__).resolve().parents[2] / ".data"
DEFAULT_PORT = 3000


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run demo",
        description="Starts the whole exchange with sample data and a simulated switch. Ctrl-C stops it.",
    )
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="port of the pages (default: 3000)")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="folder for all data (default: .data)"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew: remove what earlier runs left in the folder")
    return parser.parse_args(arguments)


def check_early(arguments: list[str]) -> None:
    """Refuse at once, with status 2, what cannot work: before packages are installed or anything is started."""
    chosen = parse(arguments)
    try:
        DataDirectory(chosen.data).check()
    except DataDirectoryRefused as problem:
        raise SystemExit(_refusal(str(problem))) from None
    if not ports.is_free(chosen.port):
        raise SystemExit(_refusal(taken(chosen.port)))


def taken(port: int) -> str:
    other = ports.next_free(port)
    return f"port {port} is taken by another program" + (f": try ./run demo --port {other}" if other else "")


def main(arguments: list[str]) -> int:
    from launcher.exchange import run

    chosen = parse(arguments)
    return run(DataDirectory(chosen.data), chosen.port, fresh=chosen.fresh)


def _refusal(text: str) -> int:
    print(f"run demo: {text}", file=sys.stderr)
    return 2


def _port(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number (1 to 65535)")
    return number
