"""`python -m switch_simulator`: the simulator as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from switch_simulator.cdr import CdrPoster
from switch_simulator.dialplan import DialPlanError
from switch_simulator.media_options import MediaOptions
from switch_simulator.simulator import Simulator


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="switch_simulator", description="FreeSWITCH's event socket without FreeSWITCH"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8021, help="port to listen on; 0 takes a free one")
    # Secrets may come by the environment: a command line is readable by everybody on the machine.
    password, credentials = os.environ.get("SIMULATOR_PASSWORD", "ClueCon"), os.environ.get("SIMULATOR_CDR_CRED", "")
    parser.add_argument("--password", default=password, help="of the event socket; or SIMULATOR_PASSWORD")
    parser.add_argument("--dialplan", type=Path, help="data file of callees (TOML)")
    parser.add_argument("--cdr-url", default="", help="where call detail records are posted")
    parser.add_argument("--cdr-cred", default=credentials, metavar="USER:PASSWORD", help="or SIMULATOR_CDR_CRED")
    parser.add_argument("--cdr-spool", type=Path, help="folder for records that could not be posted")
    parser.add_argument("--recordings", type=Path, help="the only folder where recordings are written")
    parser.add_argument("--recorded-sound", action="store_true", help="recordings have tones instead of silence")
    parser.add_argument("--media-port", type=int, help="sound: pages register by WebSocket here; 0 takes a free port")
    parser.add_argument("--directory-url", default="", help="where pages' passwords are asked for")
    directory = os.environ.get("SIMULATOR_DIRECTORY_CRED", "")
    parser.add_argument(
        "--directory-cred", default=directory, metavar="USER:PASSWORD", help="or SIMULATOR_DIRECTORY_CRED"
    )
    parser.add_argument("--pace", type=float, default=1.0, help="factor for the callees' delays")
    parser.add_argument("--allow", default="", metavar="NETWORK", help="clients from elsewhere are refused")
    return parser.parse_args(argv)


def _media(options: argparse.Namespace) -> MediaOptions | None:
    if options.media_port is None:
        return None
    from switch_simulator.media.directory import ExchangeDirectory

    directory = ExchangeDirectory(options.directory_url, options.directory_cred)
    return MediaOptions(directory, options.host, options.media_port)


async def serve(options: argparse.Namespace) -> None:
    """Runs until `fsctl shutdown`, SIGTERM or SIGINT."""
    cdr = CdrPoster(options.cdr_url, options.cdr_cred, spool=options.cdr_spool) if options.cdr_url else None
    simulator = Simulator(
        options.host,
        options.port,
        options.password,
        options.dialplan,
        pace=options.pace,
        recordings=options.recordings,
        recorded_sound=options.recorded_sound,
        cdr=cdr,
        allow=options.allow,
        media=_media(options),
    )
    await simulator.start()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, simulator.begin_shutdown)
    print(f"switch simulator: listening on {options.host}:{simulator.port}", flush=True)
    if simulator.media_port:
        print(f"switch simulator: pages at ws://{options.host}:{simulator.media_port}", flush=True)
    await simulator.stopped.wait()


def main(argv: list[str] | None = None) -> int:
    """0 after an orderly end, 2 when it cannot start."""
    options = arguments(sys.argv[1:] if argv is None else argv)
    try:
        asyncio.run(serve(options))
    except (DialPlanError, OSError) as error:
        print(f"switch simulator: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
