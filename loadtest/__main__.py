"""`./run load`: an exchange of its own with everybody at work in it; a table, Locust's report, and what must hold."""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from exchange_domain import database
from exchange_domain.invariants import broken
from fault_trials.servers import ROOT, NotStarted

from . import faults, report
from .house import People, furnish, open_house
from .parts import Parts
from .plan import PLAN, Plan
from .watching import Use, Watch

THINK_S = 4.0
STOP_S = 150
DRAIN_S = 240.0
"""After the last press until every call is closed and settled: a wrap-up that nobody ends is two minutes long."""
PLACED = text("""
select count(*) as calls, count(answered_at) as answered, count(*) filter (where transferred) as transferred,
  coalesce(max(extract(epoch from claimed_at)) - min(extract(epoch from claimed_at)), 0) as seconds
from call
""")
OPEN = text("select count(*) from call where state <> 'closed' or not settled")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run load", description="Operators, customers, managers and moderators at work, on loopback."
    )
    parser.add_argument("--operators", type=int, default=50, metavar="N", help="at work (default: 50)")
    parser.add_argument("--customers", type=int, metavar="N", help="watching (default: a tenth of the operators)")
    parser.add_argument("--minutes", type=float, default=2.0, metavar="M", help="after the ramp (default: 2)")
    parser.add_argument(
        "--ramp", type=float, metavar="S", help="seconds until all are there (default: by their number)"
    )
    parser.add_argument("--webs", type=int, default=1, metavar="N", help="web processes side by side (default: 1)")
    parser.add_argument("--talk", type=float, default=25.0, metavar="S", help="a talk's length (default: 25)")
    parser.add_argument("--transfers", type=float, default=0.05, metavar="SHARE", help="of talks (default: 0.05)")
    parser.add_argument("--recorded", type=float, default=0.1, metavar="SHARE", help="of campaigns (default: 0.1)")
    parser.add_argument("--stampede", action="store_true", help="half-way all pages lose their sockets at once")
    parser.add_argument("--thundering", action="store_true", help="all operators begin within two seconds")
    parser.add_argument(
        "--faults", action="store_true", help="engine, web, Valkey, PostgreSQL and switch are taken away in turn"
    )
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="DIR",
        help="py-spy looks at engine and web meanwhile: DIR/PART.txt, collapsed stacks",
    )
    parser.add_argument("--report", type=Path, default=Path("load-report.html"), help="Locust's report (HTML)")
    parser.add_argument("--keep-logs", type=Path, metavar="DIR", help="copy the programs' logs there")
    return parser.parse_args(arguments)


def plan_of(chosen: argparse.Namespace, urls: list[str], people: People, folder: Path) -> Plan:
    ramp_s = 2.0 if chosen.thundering else chosen.ramp or max(5.0, chosen.operators / 5)
    return Plan(
        urls=urls, talk_s=chosen.talk, think_s=THINK_S, minutes=chosen.minutes, ramp_s=ramp_s,
        stampede_at_s=ramp_s + chosen.minutes * 30 if chosen.stampede else 0.0, transfer_share=chosen.transfers,
        figures=str(folder / "figures.json"), operators=people.operators, customers=people.customers,
        managers=people.managers, moderators=people.moderators, sign_ins=people.sign_ins,
    )  # fmt: skip


async def run(chosen: argparse.Namespace, folder: Path) -> int:
    async with open_house(folder, chosen.webs) as parts:
        watching = max(1, chosen.operators // 10) if chosen.customers is None else chosen.customers
        calls_each = int((chosen.minutes * 60 + 60) / 12) + 20
        print(f"[load] {chosen.operators} operators, {watching} customers watching; making them …", flush=True)
        people = await furnish(chosen.operators, watching, calls_each, chosen.recorded)
        plan = plan_of(chosen, parts.urls, people, folder)
        plan.write(folder / "plan.json")
        watch = Watch(parts.pids)
        print(f"[load] in after {plan.ramp_s:.0f} s, then {plan.minutes:g} min of work …", flush=True)
        before, status, uses, after, trials = await _work(chosen, folder, plan, parts, watch)
        left = await _drained()
        figures = await asyncio.to_thread(_measured, folder, plan)
        lines = await _lines(figures, before, after)
        print(report.table(lines))
        await _say_rest(uses, figures, plan)
        if trials:
            await faults.account(trials)
            print(faults.table(trials))
        wrong = await _held(left)
        if chosen.keep_logs is not None:
            _keep_logs(folder, chosen.keep_logs)
        print(f"[load] Locust's report: {chosen.report}")
        return 1 if wrong or status not in (0, 1) else 0


async def _work(
    chosen: argparse.Namespace, folder: Path, plan: Plan, parts: Parts, watch: Watch
) -> tuple[dict[str, str], int, dict[str, Use], dict[str, str], list[faults.Trial]]:
    """Locust's process from its beginning to its end, watched from the end of the ramp on."""
    command = [
        sys.executable, "-m", "locust", "-f", str(ROOT / "loadtest" / "locustfile.py"), "--headless", "--only-summary",
        "--html", str(chosen.report.resolve()), "--exit-code-on-error", "0",
        # Whoever is in a call ends it and writes it down.
        "--stop-timeout", str(STOP_S),
    ]  # fmt: skip
    environment = {**os.environ, PLAN: str(folder / "plan.json"), "PYTHONPATH": str(ROOT)}
    log = (folder / "locust.log").open("wb")
    with log:
        locust = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
        )
        ended = asyncio.create_task(locust.wait())

        async def work(seconds: float) -> None:
            """Raises NotStarted when Locust ends before its time."""
            done, _ = await asyncio.wait({ended}, timeout=max(0.0, seconds))
            if done:
                raise NotStarted(f"locust ended early: {_last_words(folder)}")

        try:
            await work(plan.ramp_s)
            before = {name: await report.scrape(port) for name, port in parts.metrics.items()}
            watching = asyncio.create_task(watch.run())
            if chosen.profile is not None:
                await _profile(chosen.profile, parts, min(60.0, plan.minutes * 30))
            trials: list[faults.Trial] = []
            began = time.monotonic()
            if chosen.faults:
                trials = await faults.all_in_turn(parts)
                # Who was taken away counts from zero again.
                before = dict.fromkeys(before, "")
            await work(plan.minutes * 60 - 3 - (time.monotonic() - began))
            uses = {**watch.found(), "locust": _of_locust(locust.pid)}
            after = {name: await report.scrape(port) for name, port in parts.metrics.items()}
            watching.cancel()
            async with asyncio.timeout(STOP_S + 60):
                status = await ended
        finally:
            if locust.returncode is None:
                locust.send_signal(signal.SIGTERM)
                await ended
    return before, status, uses, after, trials


def _measured(folder: Path, plan: Plan) -> dict[str, Any]:
    """Raises NotStarted."""
    try:
        return json.loads(Path(plan.figures).read_text(encoding="utf-8"))
    except OSError:
        raise NotStarted(f"locust measured nothing: {_last_words(folder)}") from None


async def _profile(where: Path, parts: Parts, seconds: float) -> None:
    """Begins to look; the files are there when it is over."""
    await asyncio.to_thread(where.mkdir, parents=True, exist_ok=True)
    for name in ("engine", "web"):
        await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "py-spy"), "record", "--pid", str(parts.pids[name]), "--subprocesses",
            "--duration", str(round(seconds)), "--rate", "100", "--format", "raw",
            "--output", str(where / f"{name}.txt"),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip


def _last_words(folder: Path) -> str:
    return (folder / "locust.log").read_text(errors="replace")[-1500:]


def _of_locust(pid: int) -> Use:
    """Its CPU since it began."""
    part = psutil.Process(pid)
    used, seconds = part.cpu_times(), time.time() - part.create_time()
    memory = part.memory_info().rss / 1e6
    return Use((used.user + used.system) / seconds, memory, memory, memory)


async def _drained() -> int:
    """Waits until every call is closed and settled; how many are not."""
    end = time.monotonic() + DRAIN_S
    while True:
        async with database.session() as s:
            left = (await s.execute(OPEN)).scalar_one()
        if not left or time.monotonic() > end:
            return left
        await asyncio.sleep(2)


async def _lines(figures: dict[str, Any], before: dict[str, str], after: dict[str, str]) -> list[report.Line]:
    lines = await report.of_calls(figures["calls"], figures["since"])
    for name, part, metric in (
        ("a claim, in the engine", "engine", "exchange_claim_seconds"),
        ("an event from the switch → engine", "engine", "exchange_switch_event_lag_seconds"),
        ("a command from a page → engine", "engine", "exchange_command_lag_seconds"),
        ("a change on the bus → page's socket", "web", "exchange_push_seconds"),
        ("the engine's event loop, late by", "engine", "exchange_loop_lag_seconds"),
        ("the web process's event loop, late by", "web", "exchange_loop_lag_seconds"),
    ):
        between = report.less(report.histogram(after[part], metric), report.histogram(before[part], metric))
        found = report.line_of_histogram(name, between)
        lines += [found] if found is not None else []
    pressed = (report.line(name, values) for name, values in sorted(figures["each"].items()))
    return [*lines, *(one for one in pressed if one is not None)]


async def _say_rest(uses: dict[str, Use], figures: dict[str, Any], plan: Plan) -> None:
    async with database.session() as s:
        placed = (await s.execute(PLACED)).one()
    a_second = placed.calls / float(placed.seconds) if placed.seconds else 0.0
    print(f"\n{placed.calls:,} calls, {placed.answered:,} answered, {placed.transferred:,} handed over; "
          f"{a_second:.1f} new calls a second")  # fmt: skip
    for name, use in sorted(uses.items(), key=lambda one: -one[1].cpu):
        print(
            f"  {name:9} {use.cpu * 100:6.1f} % of a core   {use.first_mb:7.1f} MB at first, {use.last_mb:7.1f} at last"
        )
    errors = figures["errors"]
    print(f"errors: {sum(errors.values())}")
    for what, count in sorted(errors.items(), key=lambda one: -one[1])[:20]:
        print(f"  {count:6} {what}")


async def _held(left: int) -> list[str]:
    async with database.session() as s:
        wrong = await broken(s, datetime.now(UTC))
    if left:
        wrong.append(f"calls that are not closed and settled {DRAIN_S:.0f} s after the last press: {left}")
    print(
        "\n".join(["what must hold, does not:", *wrong])
        if wrong
        else "what must hold, holds (exchange_domain/invariants.py)"
    )
    return wrong


def _keep_logs(folder: Path, where: Path) -> None:
    where.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        (where / log.name).write_bytes(log.read_bytes())


def main(arguments: Sequence[str]) -> int:
    chosen = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="exchange-load-") as folder:
        try:
            return asyncio.run(run(chosen, Path(folder)))
        except NotStarted as problem:
            print(f"run load: {problem}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
