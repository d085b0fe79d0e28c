"""The frame of every page: top bar, navigation, phone tab bar, error pages, who is signed in."""

from .browser_zone import browser_zone
from .me import Me
from .page import Nav, Page

__all__ = ["Me", "Nav", "Page", "browser_zone"]
