"""`./run faults`: breaks the engine's links to switch, Redis and PostgreSQL while calls are up, and counts the loss."""

import os
import sys


def main(arguments: list[str]) -> int:
    from launcher.environment import program_environment

    # -P: a file in the caller's folder must not stand in for a module.
    os.execve(sys.executable, [sys.executable, "-P", "-m", "fault_trials", *arguments], program_environment())
