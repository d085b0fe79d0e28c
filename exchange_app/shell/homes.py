"""Where a role's work begins."""

from collections.abc import Iterable

from .page import Page

HOMES = {"operator": "/operator", "customer": "/customer", "manager": "/manager",
         "moderator": "/moderator", "admin": "/admin"}  # fmt: skip
"""In the order in which a role is taken when an account has several."""
_offered: set[str] = set()


def offer(pages: Iterable[Page]) -> None:
    """The pages there are; a role without its first page leads nowhere."""
    _offered.update(page.route for page in pages)


def homes_of(roles: Iterable[str]) -> list[str]:
    """The roles, of these, that have a place to go to."""
    held = set(roles)
    return [role for role, home in HOMES.items() if role in held and home in _offered]
