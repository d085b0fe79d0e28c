"""`./run switch`: a real FreeSWITCH with the exchange's configuration, in a folder of its own, checked."""

import argparse
import sys
from pathlib import Path

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".switch"
DEFAULT_WEB = "http://127.0.0.1:3000"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run switch",
        description="Starts a FreeSWITCH with the exchange's configuration and checks it. Ctrl-C stops it.",
        epilog="The program: what FREESWITCH names, else the one on PATH. Carriers: see freeswitch/README.md.",
    )
    parser.add_argument("--check", action="store_true", help="start it, check it, stop it; status 1 if a check failed")
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, metavar="DIR",
        help="configuration, passwords, recordings and logs of this switch (default: .switch)",
    )  # fmt: skip
    parser.add_argument(
        "--web", default=DEFAULT_WEB, metavar="URL", help=f"the exchange's web server (default: {DEFAULT_WEB})"
    )
    parser.add_argument("--domain", default="pbx.example", help="SIP domain, SIP_DOMAIN of the exchange")
    parser.add_argument("--ports", type=int, metavar="N", help="use five ports from N on (default: free ones, kept)")
    return parser.parse_args(arguments)


def check_early(arguments: list[str]) -> None:
    """Refuses at once, with status 2, what cannot work."""
    from launcher.data_directory import DataDirectoryRefused
    from launcher.switch.folder import SwitchFolder

    chosen = parse(arguments)
    try:
        SwitchFolder(chosen.folder).check()
    except DataDirectoryRefused as problem:
        print(f"run switch: {problem}", file=sys.stderr)
        raise SystemExit(2) from None


def main(arguments: list[str]) -> int:
    from launcher.switch.session import run

    chosen = parse(arguments)
    return run(chosen.folder, web=chosen.web, domain=chosen.domain, first_port=chosen.ports, only_check=chosen.check)
