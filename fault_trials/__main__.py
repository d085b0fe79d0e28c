"""`python -m fault_trials`: every fault on every link while calls are up. Status 1 when anything was lost."""

import argparse
import asyncio
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from .house import open_house
from .proxy import Fault
from .report import table, troubles
from .servers import NotStarted
from .trial import NotSetUp, Result, Trial, end_shifts, open_shifts

LINKS = ("switch", "redis", "postgres")
WRAP_UPS = 5
"""For so many live calls there is one operator in wrap-up besides."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run faults",
        description="Breaks the engine's links while calls are up, and accounts for every call, command and coin.",
    )
    parser.add_argument("--calls", type=_calls, default=50, metavar="N", help="live calls (default: 50)")
    parser.add_argument("--only", type=_among(LINKS), default=LINKS, metavar="LINKS", help=",".join(LINKS))
    kinds = tuple(fault.value for fault in Fault)
    usual = tuple(kind for kind in kinds if kind != Fault.SILENCE)
    parser.add_argument(
        "--kind",
        type=_among(kinds),
        default=usual,
        metavar="FAULTS",
        help=f"{','.join(kinds)} (default: {','.join(usual)})",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which people act (default: 1)")
    parser.add_argument("--keep-logs", type=Path, metavar="DIR", help="copy the programs' logs there")
    return parser.parse_args(arguments)


async def run(chosen: argparse.Namespace, folder: Path) -> tuple[list[Result], list[str]]:
    """The trials one after another in one house; what is wrong when everybody has gone home."""
    results = []
    async with open_house(folder) as house:
        await house.furnish(chosen.calls, max(1, chosen.calls // WRAP_UPS))
        await open_shifts(house.desks)
        for link in chosen.only:
            for kind in chosen.kind:
                print(f"{link}, {kind} …", file=sys.stderr, flush=True)
                chance = random.Random(f"{chosen.seed} {link} {kind}")
                results.append(await Trial(house, link, Fault(kind), chance).run())
                if house.engine_ended:
                    return results, ["no further trials: there is no engine"]
        return results, await end_shifts(house)


async def _until_stopped(chosen: argparse.Namespace, folder: Path) -> tuple[list[Result], list[str]]:
    """SIGTERM ends it as Ctrl-C does: with every process it started."""
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    return await run(chosen, folder)


def main(arguments: Sequence[str]) -> int:
    """0: nothing was lost. 1: something was. 2: the trials could not be held."""
    chosen = parse(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="exchange-faults-") as name:
        folder = Path(name)
        # PostgreSQL may run as another user, who has to pass here.
        folder.chmod(0o755)
        try:
            results, left = asyncio.run(_until_stopped(chosen, folder))
        except (NotStarted, NotSetUp) as problem:
            print(f"run faults: {problem}", file=sys.stderr)
            return 2
        except (KeyboardInterrupt, asyncio.CancelledError):
            return 130
        finally:
            if chosen.keep_logs is not None:
                chosen.keep_logs.mkdir(parents=True, exist_ok=True)
                for log in folder.glob("*.log"):
                    shutil.copy(log, chosen.keep_logs)
    print(table(results))
    lines = [*troubles(results), *left]
    for line in lines:
        print(line)
    words = "something was lost or is wrong" if lines else "nothing was lost"
    print(f"{words}; {time.monotonic() - began:.0f} s, seed {chosen.seed}")
    return 1 if lines else 0


def _calls(text: str) -> int:
    if not text.isdecimal() or not 3 <= int(text) <= 200:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of calls (3 to 200)")
    return int(text)


def _among(names: tuple[str, ...]):
    def chosen(text: str) -> tuple[str, ...]:
        wanted = tuple(part.strip() for part in text.split(",") if part.strip())
        if not wanted or set(wanted) - set(names):
            raise argparse.ArgumentTypeError(f"{text!r}: choose among {','.join(names)}")
        return wanted

    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
