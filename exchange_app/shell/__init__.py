"""The frame of every page: top bar, navigation, phone tab bar, error pages, who is signed in."""

from .me import Me
from .page import Nav, Page

__all__ = ["Me", "Nav", "Page"]
