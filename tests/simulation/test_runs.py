"""Whole runs: they hold, they repeat, they cover what they claim, and they say how to see a failure again."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from call_engine.core import effects as fx
from exchange_domain.messages import OperatorCommand
from simulation import __main__ as program
from simulation.coverage import Blow
from simulation.engine import database_effects, publishing, switch_effects
from simulation.faults import Unknown
from simulation.many import Totals, run_many
from simulation.people import KNOWN
from simulation.run import run
from simulation.switch.switch import COMMANDS
from simulation.world import World

pytestmark = pytest.mark.timeout(400)  # fourteen seconds of work, on a machine that may be busy
ROOT = Path(__file__).parents[2]
DIGEST = "from simulation.run import run; print(*(run(s, 120, trace_lines=1).digest for s in (3, 11, 42)))"


@pytest.fixture(scope="module")
def totals() -> Totals:
    return run_many(range(50_000, 50_600), 100, jobs=1)


@pytest.fixture(scope="module")
def longer() -> Totals:
    """Transfers come late in a run."""
    return run_many(range(60_000, 60_400), 200, jobs=1)


def test_six_hundred_seeds_of_a_hundred_steps_hold(totals: Totals):
    assert [f"seed {r.seed}: {r.failure}" for r in totals.failures] == []
    assert totals.seeds == 600 and totals.counts.steps >= 600 * 100
    assert all(totals.checked[n] > 0 for n in range(1, 7))


def test_they_hit_every_state_with_a_hangup_a_lost_event_and_an_engine_death(longer: Totals):
    assert [f"seed {r.seed}: {r.failure}" for r in longer.failures] == []
    for blow in (Blow.HANGUP, Blow.LOST, Blow.DEATH):
        assert longer.coverage.missing(blow) == [], blow


def test_every_kind_of_disturbance_struck_and_every_kind_of_thing_happened(longer: Totals):
    struck = {key[0] for key in longer.coverage.hits}
    assert struck == {blow.value for blow in Blow}
    counts = vars(longer.counts)
    assert [name for name, value in counts.items() if value == 0] == []


def test_the_same_seed_is_the_same_run_whatever_the_order_of_hashes():
    said = [
        subprocess.run(
            [sys.executable, "-c", DIGEST], cwd=ROOT, check=True, capture_output=True, text=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    here = [run(s, 120, trace_lines=1).digest for s in (3, 11, 42)]
    assert said[0] == said[1] == " ".join(here) + "\n"
    assert len(set(here)) == 3


def test_a_trace_changes_nothing_of_the_run():
    quiet, traced = run(7, 150), run(7, 150, trace_lines=None)
    assert vars(quiet.counts) == vars(traced.counts) and quiet.coverage.hits == traced.coverage.hits


def _effects() -> list[type]:
    """All of the module's effects that are none's base."""
    kinds = [kind for kind in vars(fx).values() if isinstance(kind, type) and issubclass(kind, fx.Effect)]
    return [kind for kind in kinds if not any(one is not kind and issubclass(one, kind) for one in kinds)]


def test_every_effect_of_the_core_has_its_entry_in_the_world():
    elsewhere = {fx.OriginateSeat, fx.OriginateContact, fx.OriginateManager, fx.Ask, fx.SetTimer, fx.CancelTimer}
    known = {*COMMANDS, *database_effects.ASKS, *database_effects.NOTES, *publishing.SHOWN, *elsewhere}
    assert [kind.__name__ for kind in _effects() if kind not in known] == []
    assert len(_effects()) > 30


def test_every_command_of_the_messages_is_pressed_by_somebody():
    members = get_args(OperatorCommand)
    assert [kind.__name__ for kind in members if kind not in KNOWN] == []


def test_an_unknown_effect_ends_the_run_with_its_name():
    class Whistle(fx.SwitchCommand):
        pass

    class Engrave(fx.Persist):
        pass

    world = World(1)
    world.step()
    assert world.engine is not None
    mailbox = world.engine.mailbox(101)
    with pytest.raises(Unknown, match="Whistle"):
        switch_effects.run(mailbox, Whistle())
    with pytest.raises(Unknown, match="Engrave"):
        database_effects.run(mailbox, Engrave())
    with pytest.raises(Unknown, match="Effect"):
        publishing.run(mailbox, fx.Effect())


def test_a_failure_prints_the_invariant_the_step_the_last_lines_and_the_command_that_repeats_it(
    capsys: pytest.CaptureFixture[str],
):
    assert program.main(["--seeds", "3", "--jobs", "1", "--plant", "number_in_full"]) == 1
    said = capsys.readouterr().out
    assert "FAILED seed 0 at step" in said and "invariant 5:" in said
    command = next(line for line in said.splitlines() if line.startswith("again with all of its trace:"))
    arguments = command.split("./run simulate ")[1].split()
    assert program.main(arguments) == 1
    traced = capsys.readouterr().out
    assert "engine 1 starts" in traced and "invariant 5:" in traced


def test_one_seed_that_holds_says_so(capsys: pytest.CaptureFixture[str]):
    assert program.main(["--seed", "5", "--steps", "60"]) == 0
    assert "all six invariants hold" in capsys.readouterr().out


def test_numbers_that_make_no_sense_are_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        program.main(["--seeds", "0"])
    assert "--seeds and --jobs are at least 1" in capsys.readouterr().err


def test_a_stopped_engine_that_lost_its_switch_writes_nothing():
    world = World(2)
    for _ in range(40):
        world.step()
    first = world.engine
    assert first is not None
    world.disturbances.calm = True
    first.paused = True
    world.supersede(first)
    assert world.engine is not first and world.database.owner == first.number + 1
    before = len(world.database.books.movements), len(world.database.tables.calls)
    world.resume(first)
    assert not first.alive and world.zombies == []
    assert (len(world.database.books.movements), len(world.database.tables.calls)) == before
