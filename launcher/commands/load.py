"""`./run load`: people at work in an exchange of its own, by Locust."""

import os
import sys


def main(arguments: list[str]) -> int:
    import subprocess

    from launcher.environment import ROOT, program_environment

    environment = program_environment()
    built = subprocess.run([sys.executable, "-P", "-m", "exchange_app.build"], cwd=ROOT, env=environment, check=False)
    if built.returncode:
        return built.returncode
    # -P: a file in the caller's folder must not stand in for a module.
    os.execve(sys.executable, [sys.executable, "-P", "-m", "loadtest", *arguments], environment)
