"""`python -m switch_simulator.replay FILE_OR_FOLDER…`: transcripts against the simulator, a table, an exit code."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from switch_simulator.replay.compare import compare
from switch_simulator.replay.coverage import not_covered
from switch_simulator.replay.player import replay
from switch_simulator.replay.transcript import Transcript, TranscriptError, find_transcripts, read_transcript

# More at once would delay one another, and the pace would be no longer the transcript's.
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one transcript went. `differences` are in order; `reason` says why it was not played at all."""

    name: str
    differences: tuple[str, ...] = ()
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Played, and nothing differs."""
        return not self.differences and not self.reason


async def judge(transcript: Transcript) -> Verdict:
    """Plays one transcript and compares."""
    reason = not_covered(transcript)
    if reason:
        return Verdict(transcript.name, reason=reason)
    recorded = await replay(transcript)
    differences = recorded.problems + compare(transcript, recorded.messages)
    return Verdict(transcript.name, tuple(differences))


async def judge_all(transcripts: list[Transcript], at_once: int = AT_ONCE) -> list[Verdict]:
    """Plays several, the longest first, and gives the verdicts in the order of the transcripts."""
    gate = asyncio.Semaphore(at_once)
    verdicts: dict[str, Verdict] = {}

    async def play(key: str, transcript: Transcript) -> None:
        async with gate:
            verdicts[key] = await judge(transcript)

    by_length = sorted(transcripts, key=lambda t: t.messages[-1].at if t.messages else 0.0, reverse=True)
    async with asyncio.TaskGroup() as group:
        for transcript in by_length:
            group.create_task(play(str(id(transcript)), transcript))
    return [verdicts[str(id(transcript))] for transcript in transcripts]


def table(verdicts: list[Verdict], everything: bool = False) -> str:
    """One line for each, and a summary."""
    width = max((len(v.name) for v in verdicts), default=0)
    lines = []
    for verdict in verdicts:
        if verdict.reason:
            text = f"not covered: {verdict.reason}"
        elif verdict.passed:
            text = "pass"
        else:
            shown = verdict.differences if everything else verdict.differences[:1]
            text = f"\n{' ' * (width + 2)}".join(f"DIFFERS: {difference}" for difference in shown)
        lines.append(f"{verdict.name:<{width}}  {text}")
    passed = sum(v.passed for v in verdicts)
    covered = sum(not v.reason for v in verdicts)
    lines.append(f"replay: {passed} of {covered} pass, {len(verdicts) - covered} not covered")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """0 when all that is covered passes, 1 when not, 2 when there is nothing to play or a file cannot be read."""
    parser = argparse.ArgumentParser(prog="switch_simulator.replay", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument("--all", action="store_true", help="every difference, not only the first")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="transcripts played at the same time")
    options = parser.parse_args(argv)
    try:
        transcripts = [read_transcript(path) for path in find_transcripts(options.paths)]
    except (OSError, TranscriptError) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    if not transcripts:
        print("replay: no transcript (*.jsonl) there", file=sys.stderr)
        return 2
    verdicts = asyncio.run(judge_all(transcripts, max(1, options.at_once)))
    print(table(verdicts, options.all))
    return 0 if all(v.passed or v.reason for v in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
