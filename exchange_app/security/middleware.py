"""Before every event: whose socket is this, does the state belong to them, may they call this handler.

Every public method of every State can be called by whoever opens a socket, and whoever knows a client token can take
its state over. So a handler without a declared policy is refused, and a state is bound to the sign-in that filled it.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx
import structlog
from reflex.app import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from exchange_app.live import registry
from exchange_app.live.bridge import forget_page
from exchange_domain.texts import choose, language

from .policy import policy_of, principal_of_event
from .principals import principal
from .sessions import digest, find, sid_of

log = structlog.get_logger(__name__)

HYDRATE = frozenset({"hydrate", "hydrate_and_load"})
FRAMEWORK = HYDRATE | {"set_is_hydrated", "on_load_internal", "update_vars_internal", "handle_frontend_exception"}
"""Handlers of the framework itself that every page needs; they carry no data of ours."""


def framework_handler(function: Callable[..., Any]) -> str:
    """Name of the framework's own handler that this is, empty for ours."""
    own = function.__module__.startswith("reflex.") and function.__name__ in FRAMEWORK
    return function.__name__ if own else ""


class Owner(rx.State):
    """To whose sign-in the state of this page belongs: the digest of the session, empty for nobody."""

    _owner: str | None = None
    _language: str = ""


def cookie_value(header: str | None, name: str) -> str | None:
    return next((part[len(name) + 1 :] for part in (header or "").split("; ") if part.startswith(f"{name}=")), None)


class Guard(Middleware):
    """Deny by default."""

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        principal_of_event.set(None)
        registered = RegistrationContext.get().event_handlers.get(event.name)
        framework = framework_handler(registered.handler.fn) if registered else ""
        headers = state.router.headers
        sid = sid_of(headers.cookie)
        hashed = digest(sid) if sid else ""
        token = state.router.session.client_token
        owner = await state.get_state(Owner)
        if owner._owner is not None and owner._owner != hashed:
            # The token was taken over, or the login changed: nothing of the old login may be left.
            state.reset()
            await forget_page(token)
            if framework not in HYDRATE:
                log.warning("foreign_token", handler=event.name)
                return StateUpdate()
            owner = await state.get_state(Owner)
        owner._owner = hashed
        registry.own(token, hashed)

        session = await find(sid)
        account = await principal(session.account_id) if session else None
        wish = account.language if account else owner._language
        language.set(choose(wish, cookie_value(headers.cookie, "lang"), headers.accept_language))
        if framework:
            if account is None and hashed and framework in HYDRATE:
                # Signed out elsewhere: the page opens anew, without what it held.
                state.reset()
                (await state.get_state(Owner))._owner = hashed
            return None

        policy = policy_of(registered.handler.fn) if registered else None
        if policy is None:
            log.warning("handler_without_policy", handler=event.name)
            return StateUpdate()
        if not policy.allows(account):
            if account is None:
                await forget_page(token)
                return StateUpdate(events=Event.from_event_type(rx.redirect("/sign-in")))
            log.warning("role_missing", handler=event.name, account_id=account.account_id)
            return StateUpdate()
        principal_of_event.set(account)
        return None
