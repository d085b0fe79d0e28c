"""`./run replay FILE_OR_FOLDER…`: plays recorded exchanges with a switch against the simulator."""

import os
import sys


def main(arguments: list[str]) -> int:
    from launcher.environment import program_environment

    # -P: a file in the caller's folder must not stand in for a module.
    os.execve(
        sys.executable, [sys.executable, "-P", "-m", "switch_simulator.replay", *arguments], program_environment()
    )
