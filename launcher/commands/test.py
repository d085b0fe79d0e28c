"""`./run test [--thorough] [pytest arguments]`: the tests, with everything they need."""

import os
import subprocess
import sys


def wants_browser(arguments: list[str]) -> bool:
    """Whether browser tests may be among those chosen: not when the marker expression leaves them out."""
    return not any("not browser" in argument for argument in arguments)


def side_by_side(arguments: list[str]) -> list[str]:
    """Several files of tests at once, as most of a test is waiting; one after the other where the caller says how."""
    chosen = any(argument.startswith(("-n", "--numprocesses", "--dist", "--pdb", "-s")) for argument in arguments)
    return (
        [] if chosen else ["-n", str(min(4, (os.cpu_count() or 1) + 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
    )


def main(arguments: list[str]) -> int:
    from launcher.chromium import ChromiumMissing, ensure_chromium
    from launcher.environment import ROOT, program_environment

    environment = program_environment()
    if "--thorough" in arguments:
        # The same tests on more: every death of the engine, more rounds, longer lists.
        arguments = [argument for argument in arguments if argument != "--thorough"]
        environment["EXCHANGE_TESTS"] = "thorough"
    if wants_browser(arguments):
        try:
            environment |= ensure_chromium(environment)
        except ChromiumMissing as problem:
            print(f"run test: {problem}", file=sys.stderr)
            return 1
    command = [sys.executable, "-m", "pytest", *side_by_side(arguments), *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment).returncode
    except KeyboardInterrupt:
        return 130
