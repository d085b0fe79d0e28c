"""Some of the engine's tests of kills and restarts, as they are, on a real switch; all of them run in tests/engine."""

import pytest

from tests.engine.test_engine_restarts import (  # noqa: F401 - collected here again
    test_handed_over_and_both_left_while_no_engine_was_there,
    test_killed_and_started_again_nothing_changed,
    test_the_seat_was_lost_while_no_engine_was_there,
)

pytestmark = [
    pytest.mark.switch,
    pytest.mark.long,
    pytest.mark.parametrize("house", ["freeswitch"], indirect=True),
]
