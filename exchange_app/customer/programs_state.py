"""A customer's own programs: their tokens, and the addresses that are told of events."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import fields, line, one_of, whole
from exchange_app.security import current_account, roles
from exchange_domain import api_tokens, database, webhooks
from exchange_domain.accounts import Principal
from exchange_domain.api_tokens import TokenError
from exchange_domain.call_rows import epoch_ms
from exchange_domain.settings import settings
from exchange_domain.tables import Customer
from exchange_domain.webhooks import WebhookError
from exchange_domain.words import ApiScope, EventKind

from .rights import gone

SCOPES = tuple(ApiScope)
TRIES_SHOWN = 50


@dataclass(frozen=True)
class TokenLine:
    """`used_ms` is 0 for one that was never used."""

    id: int
    name: str
    ending: str
    scopes: list[str]
    made_ms: int
    used_ms: int


@dataclass(frozen=True)
class HookLine:
    """`state`: working, failing, stopped."""

    id: int
    url: str
    kinds: list[str]
    state: str
    failures: int
    next_ms: int


@dataclass(frozen=True)
class TryLine:
    at_ms: int
    kind: str
    attempt: int
    status: int
    error: str
    took_ms: int


@dataclass(frozen=True)
class Business:
    id: int
    name: str


class Programs(rx.State):
    loaded: bool = False
    customers: rx.Field[list[Business]] = rx.field(default_factory=list)
    customer: int = 0
    tokens: rx.Field[list[TokenLine]] = rx.field(default_factory=list)
    hooks: rx.Field[list[HookLine]] = rx.field(default_factory=list)
    address: str = ""
    """Where the API is."""
    fresh: str = ""
    """A token that was just made: shown once."""
    secret: str = ""
    """Of an endpoint that was just made: shown once."""
    token_fault: str = ""
    hook_fault: str = ""
    chosen: rx.Field[list[str]] = rx.field(default_factory=list)
    """Scopes of the token to be made."""
    hook: int = 0
    """Endpoint whose tries are shown."""
    tries: rx.Field[list[TryLine]] = rx.field(default_factory=list)

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: the first customer of this account."""
        account = current_account(self)
        self.reset()
        await self._show(account, next(iter(account.customers), 0))

    @rx.event
    @roles("customer")
    async def choose(self, customer: str):
        account, wanted = current_account(self), whole(customer)
        if wanted in account.customers:
            self.fresh, self.secret, self.hook, self.tries = "", "", 0, []
            await self._show(account, wanted)

    async def _show(self, account: Principal, customer_id: int) -> None:
        if not customer_id:
            return
        async with database.session() as s:
            self.customers = [Business(i, (await s.get_one(Customer, i)).name) for i in account.customers]
            await self._read(s, customer_id)
        self.customer, self.address = customer_id, f"{settings().public_url.rstrip('/')}/api/v1"
        self.chosen = self.chosen or [scope.value for scope in SCOPES if scope.value.endswith(":read")]
        self.loaded = True

    async def _read(self, s: AsyncSession, customer_id: int) -> None:
        self.tokens = [
            TokenLine(
                one.id or 0, one.name, one.ending, list(one.scopes), epoch_ms(one.created_at) or 0,
                epoch_ms(one.last_used_at) or 0,
            )
            for one in await api_tokens.of_customer(s, customer_id)
        ]  # fmt: skip
        self.hooks = [
            HookLine(
                one.id or 0, one.url, list(one.kinds),
                webhooks.state_of(one), one.failures,
                epoch_ms(one.next_try_at) or 0,
            )
            for one in await webhooks.of_customer(s, customer_id)
        ]  # fmt: skip

    def _mine(self) -> Principal | None:
        account = current_account(self)
        return account if self.customer in account.customers else None

    @rx.event
    @roles("customer")
    def choose_scope(self, scope: str, on: bool):
        wanted = one_of(ApiScope, scope).value
        rest = [one for one in self.chosen if one != wanted]
        self.chosen = [*rest, wanted] if on is True else rest

    @rx.event
    @roles("customer")
    async def make_token(self, form: dict):
        """Makes a token; its text is shown this once."""
        account = self._mine()
        if account is None:
            return gone()
        name = line(fields(form).get("name", ""), 100)
        self.token_fault = ""
        try:
            async with database.session() as s:
                _, self.fresh = await api_tokens.issue(
                    s, self.customer, name, [ApiScope(scope) for scope in self.chosen], account.account_id
                )
                await self._read(s, self.customer)
        except TokenError as refused:
            self.token_fault = refused.code
            return rx.set_focus("token-name")
        return rx.set_focus("fresh-token")

    @rx.event
    @roles("customer")
    def hide_fresh(self):
        """The token, or the secret, is kept elsewhere by now."""
        field = "token-name" if self.fresh else "hook-url"
        self.fresh, self.secret = "", ""
        return rx.set_focus(field)

    @rx.event
    @roles("customer")
    async def revoke(self, token_id: int):
        """The program is let in no more, from this moment."""
        if self._mine() is None:
            return gone()
        async with database.session() as s:
            if not await api_tokens.revoke(s, whole(token_id), self.customer, datetime.now(UTC)):
                return gone()
            await self._read(s, self.customer)
        return None

    @rx.event
    @roles("customer")
    async def add_hook(self, form: dict):
        """An address that is told of everything from now on."""
        if self._mine() is None:
            return gone()
        url = line(fields(form).get("url", ""), webhooks.LONGEST_URL)
        self.hook_fault = ""
        try:
            async with database.session() as s:
                made = await webhooks.add(
                    s, self.customer, url, tuple(EventKind), plain_allowed=settings().webhooks_inside
                )
                self.secret = made.secret
                await self._read(s, self.customer)
        except WebhookError as refused:
            self.hook_fault = refused.code
            return rx.set_focus("hook-url")
        return rx.set_focus("fresh-secret")

    @rx.event
    @roles("customer")
    async def remove_hook(self, hook_id: int):
        if self._mine() is None:
            return gone()
        async with database.session() as s:
            if not await webhooks.remove(s, whole(hook_id), self.customer):
                return gone()
            await self._read(s, self.customer)
        self.hook, self.tries = 0, []
        return None

    @rx.event
    @roles("customer")
    async def switch_hook(self, hook_id: int, on: bool):
        """Stops it, or goes on from where it was."""
        if self._mine() is None:
            return gone()
        async with database.session() as s:
            wanted = whole(hook_id)
            row = (
                await webhooks.go_on(s, wanted, self.customer)
                if on is True
                else await webhooks.stop(s, wanted, self.customer, datetime.now(UTC))
            )
            if row is None:
                return gone()
            await self._read(s, self.customer)
        return None

    @rx.event
    @roles("customer")
    async def show_tries(self, hook_id: int):
        """What became of the latest tries; 0 closes the list."""
        wanted = whole(hook_id)
        if self._mine() is None:
            return gone()
        self.hook, self.tries = 0, []
        if not wanted:
            return None
        async with database.session() as s:
            if await webhooks.one(s, wanted, self.customer) is None:
                return gone()
            found = await webhooks.deliveries(s, wanted, limit=TRIES_SHOWN)
            await self._read(s, self.customer)
        self.hook = wanted
        self.tries = [
            TryLine(epoch_ms(one.at) or 0, one.kind.value, one.attempt, one.status or 0, one.error, one.took_ms)
            for one in found
        ]
        return None
