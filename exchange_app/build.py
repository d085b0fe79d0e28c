"""Builds the front end for production, only when something that goes into it changed.

python -m exchange_app.build
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import reflex as rx

ROOT = Path(__file__).parents[1]
WEB = ROOT / ".web"
STAMP = WEB / "exchange-build"
LOCK = ROOT / ".web.lock"
PINS = ROOT / "reflex.lock"
"""Versions of the front-end packages."""
CLIENT = WEB / "build" / "client"
_INPUTS = (
    "exchange_app",
    "assets",
    "locale",
    "rxconfig.py",
    "uv.lock",
    "reflex.lock",
    "exchange_domain/texts.py",
    "exchange_domain/words.py",
)
_SUFFIXES = {
    ".py",
    ".jsx",
    ".js",
    ".css",
    ".po",
    ".txt",
    ".svg",
    ".png",
    ".ico",
    ".woff2",
    ".lock",
    ".json",
    ".webmanifest",
    ".mp3",
}


class SameOriginPlugin(rx.plugins.Plugin):
    """Lets the built pages talk to wherever they were loaded from, instead of to an address fixed at build time."""

    FOUND = "  const endpoint = new URL(url_str);\n"
    MARK = "// where the page came from\n"
    PATCH = (
        '  if (typeof window !== "undefined") { ' + MARK + "    endpoint.host = window.location.host;\n"
        '    const secure = window.location.protocol === "https:";\n'
        '    endpoint.protocol = endpoint.protocol.startsWith("ws")\n'
        '      ? (secure ? "wss:" : "ws:") : window.location.protocol;\n'
        "    return endpoint;\n  }\n"
    )

    def patched(self, code: str) -> str:
        """Raises RuntimeError when a new Reflex no longer has the place."""
        if self.MARK in code:
            return code
        if code.count(self.FOUND) != 1:
            raise RuntimeError("utils/state.js changed: getBackendURL is not where it was")
        return code.replace(self.FOUND, self.FOUND + self.PATCH)

    def pre_compile(self, **context: Any) -> None:
        context["add_modify_task"]("utils/state.js", self.patched)


def node_bin() -> Path:
    """Folder where the wheel's node, npm and npx start from; its own `bin` has an npm that cannot find itself."""
    return Path(sysconfig.get_path("scripts"))


def environment() -> dict[str, str]:
    """What Reflex needs to build: Node on PATH, npm instead of bun, production mode."""
    return os.environ | {
        "PATH": f"{node_bin()}{os.pathsep}{os.environ.get('PATH', '')}",
        "REFLEX_USE_NPM": "true",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "CI": "1",
    }


def _files() -> Iterator[Path]:
    for name in _INPUTS:
        path = ROOT / name
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (p for p in found if p.is_file() and p.suffix in _SUFFIXES and "external" not in p.parts)


def fingerprint() -> str:
    """Changes with everything that the built pages depend on."""
    total = hashlib.sha256()
    for file in _files():
        total.update(str(file.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_fresh() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint() and (CLIENT / "index.html").exists()


def build(force: bool = False, repin: bool = False) -> bool:
    """Builds unless fresh; returns whether it built. `repin`: keep the packages' versions that this build came to.

    Raises CalledProcessError with the tool's own output shown.
    """
    with LOCK.open("w") as lock:
        # Two builds in one folder spoil each other: the second waits, and mostly finds the work done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not force and is_fresh():
            return False
        STAMP.unlink(missing_ok=True)
        before = fingerprint()
        pinned = {path: path.read_bytes() for path in PINS.glob("*.json")}
        subprocess.run(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"],
            cwd=ROOT, env=environment(), check=True,
        )  # fmt: skip
        if not repin:
            # A build writes its own wording of the pins; the checkout keeps the one it has.
            for path, content in pinned.items():
                path.write_bytes(content)
        STAMP.write_text(before)
        return True


def main() -> int:
    try:
        repin = "--repin" in sys.argv[1:]
        built = build(force=repin or "--force" in sys.argv[1:], repin=repin)
    except subprocess.CalledProcessError as failed:
        print(f"build: failed with code {failed.returncode}, see above", file=sys.stderr)
        return 1
    print("build: done" if built else "build: fresh")
    return 0


if __name__ == "__main__":
    sys.exit(main())
