"""Parsers under whatever can be sent: a little in each run, for minutes by `./run fuzz`."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.thorough import figure

from .fuzz_targets import TARGETS, Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name.replace(" ", "-"))
def test_it_answers_or_refuses(target: Target):
    @settings(max_examples=figure(120, 3_000), deadline=None, suppress_health_check=list(HealthCheck))
    @given(target.drawn)
    def tried(drawn: object) -> None:
        target.tried(drawn)

    tried()
