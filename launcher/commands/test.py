"""`./run test [pytest arguments]`: the tests, with everything they need."""

import subprocess
import sys


def main(arguments: list[str]) -> int:
    from launcher.chromium import ChromiumMissing, ensure_chromium
    from launcher.environment import ROOT, program_environment

    environment = program_environment()
    try:
        environment |= ensure_chromium(environment)
    except ChromiumMissing as problem:
        print(f"run test: {problem}", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "pytest", *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment).returncode
    except KeyboardInterrupt:
        return 130
