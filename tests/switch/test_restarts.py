"""Of the engine's tests of kills and restarts some, as they are, on a real switch; all of them run in tests/engine."""

import pytest

from tests.engine.test_engine_restarts import (  # noqa: F401 - collected here again
    test_sigterm_leaves_the_calls_alone,
    test_the_seat_was_lost_while_no_engine_was_there,
)

pytestmark = [
    pytest.mark.switch,
    pytest.mark.long,
    pytest.mark.parametrize("house", ["freeswitch"], indirect=True),
]
