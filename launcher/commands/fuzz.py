"""`./run fuzz`: every parser of what strangers send, for minutes, under whatever can be drawn."""

import os
import sys


def main(arguments: list[str]) -> int:
    from launcher.environment import program_environment

    # -P: a file in the caller's folder must not stand in for a module.
    os.execve(sys.executable, [sys.executable, "-P", "-m", "tests.security.fuzzing", *arguments], program_environment())
