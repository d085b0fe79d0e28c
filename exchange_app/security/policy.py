"""The policy of every event handler, declared beside it; a handler without one is refused.

    @rx.event
    @roles("operator")
    async def call_next(self): ...

Each decorator marks the function, so it may stand above or below `@rx.event`.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from exchange_domain.accounts import Principal
from exchange_domain.words import Role

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "_exchange_policy"


@dataclass(frozen=True)
class Policy:
    """Who may call a handler. No roles and signed in: every account. Not signed in: everybody."""

    roles: frozenset[str]
    signed_in: bool

    def allows(self, principal: Principal | None) -> bool:
        if not self.signed_in:
            return True
        return principal is not None and (not self.roles or bool(self.roles & principal.roles))


def roles(*names: str) -> Callable[[F], F]:
    """Only accounts with one of these roles: operator, customer, manager, moderator, admin."""
    wanted = frozenset(Role(name).value for name in names)
    if not wanted:
        raise ValueError("roles() needs at least one role; use signed_in for every account")

    def mark(function: F) -> F:
        setattr(function, _MARK, Policy(wanted, signed_in=True))
        return function

    return mark


def signed_in(function: F) -> F:
    """Every account that is signed in."""
    setattr(function, _MARK, Policy(frozenset(), signed_in=True))
    return function


def anyone(function: F) -> F:
    """Also people who are not signed in. The handler must tell nothing and change nothing of an account."""
    setattr(function, _MARK, Policy(frozenset(), signed_in=False))
    return function


def policy_of(function: Callable[..., Any]) -> Policy | None:
    return getattr(function, _MARK, None)


class NotSignedIn(Exception):
    """A handler asked for the account where nobody is signed in."""


principal_of_event: ContextVar[Principal | None] = ContextVar("principal_of_event", default=None)


def current_account(state: object = None) -> Principal:
    """Whose event is being handled, as the middleware found it; `state` is there for reading at the call.

    Raises NotSignedIn outside a handler marked `roles` or `signed_in`.
    """
    principal = principal_of_event.get()
    if principal is None:
        raise NotSignedIn
    return principal
