"""A simulation that finds nothing proves nothing: each planted bug is found, and is gone again afterwards."""

import pytest

from call_engine.core import views
from simulation.many import run_many
from simulation.planted import PLANTS, plant
from simulation.run import run

pytestmark = pytest.mark.timeout(400)


def test_there_is_a_planted_bug_for_each_of_the_six_invariants():
    assert {bug.invariant for bug in PLANTS.values()} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_found_and_its_seed_repeats_it(name: str):
    totals = run_many(range(150), 200, jobs=1, planted=name)
    assert totals.failures, f"{name} was not found in {totals.seeds} seeds"
    found = totals.failures[0]
    assert found.invariant == PLANTS[name].invariant, found.failure
    with plant(name):
        again = run(found.seed, found.steps, trace_lines=30)
    assert (again.at_step, again.invariant, len(again.lines)) == (found.at_step, found.invariant, 30)
    assert run(found.seed, found.steps).failure is None, "without the bug the same seed is clean"


def test_a_planted_bug_is_taken_out_again_even_when_something_fails():
    right = views.masked
    with pytest.raises(RuntimeError), plant("number_in_full"):
        assert views.masked is not right
        raise RuntimeError
    assert views.masked is right
