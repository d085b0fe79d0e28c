"""`./run simulate`: seeded runs of the engine's core in a world that breaks."""

import os
import sys


def main(arguments: list[str]) -> int:
    from launcher.environment import program_environment

    # -P: a file in the caller's folder must not stand in for a module.
    os.execve(sys.executable, [sys.executable, "-P", "-m", "simulation", *arguments], program_environment())
