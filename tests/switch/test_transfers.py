"""The engine's tests of warm transfers, as they are, on a real switch; on the simulator they run in tests/engine."""

import pytest

from tests.engine.test_engine_transfers import *  # noqa: F403 - each test_… is collected here again

pytestmark = [pytest.mark.switch, pytest.mark.parametrize("house", ["freeswitch"], indirect=True)]
