"""What the operator's pages need beyond the components' own look."""

from pathlib import Path

LOOK = (Path(__file__).parent / "look.css").read_text("utf-8")
"""The rules of look.css, for a style element of each page."""
