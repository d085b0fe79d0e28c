"""Second factors of one's own account: an authenticator app, passkeys, recovery codes; identities elsewhere."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx
import segno

from exchange_app.arguments import fields, line, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, rate_limit, signed_in
from exchange_app.security.principals import forget
from exchange_app.sign_in import oidc
from exchange_domain import database, identities, second_factors
from exchange_domain.call_rows import epoch_ms
from exchange_domain.second_factors import FactorError

TRIES = rate_limit.Limit("own-codes", 20, 15 * 60)


@dataclass(frozen=True)
class PasskeyLine:
    id: int
    name: str
    made_ms: int
    used_ms: int


class AccountSecurity(rx.State):
    loaded: bool = False
    app: bool = False
    codes_left: int = 0
    keys: rx.Field[list[PasskeyLine]] = rx.field(default_factory=list)
    held_back: rx.Field[list[str]] = rx.field(default_factory=list)
    """Roles that do nothing until there is a second factor."""
    picture: str = ""
    """The QR code, as SVG, while an app is being set up."""
    secret: str = ""
    codes: rx.Field[list[str]] = rx.field(default_factory=list)
    """Recovery codes, shown once."""
    fault: str = ""
    """wrong_code, too_many_tries"""
    provider: str = ""
    linked: bool = False
    link_fault: bool = False
    """Another account is linked to that person there."""

    @rx.event
    @signed_in
    async def enter(self):
        """On_load."""
        self.reset()
        query = self.router.url.query_parameters
        self.link_fault = query.get("error", "") == "linked_elsewhere"
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        account = current_account(self)
        async with database.session() as s:
            has = await second_factors.of_account(s, account.account_id)
            keys = await second_factors.passkeys(s, account.account_id)
            issuers = await identities.issuers(s, account.account_id)
        self.app, self.codes_left = has.app, has.codes_left
        self.keys = [
            PasskeyLine(k.id or 0, k.name, epoch_ms(k.created_at) or 0, epoch_ms(k.used_at) or 0) for k in keys
        ]
        self.held_back = [] if has.any else sorted(account.held_back)
        self.provider, self.linked = oidc.offered(), bool(issuers)

    @rx.event
    @signed_in
    async def begin_app(self):
        """Shows a secret for an authenticator app."""
        account = current_account(self)
        try:
            async with database.session() as s:
                self.secret, address = await second_factors.begin(s, account.account_id, account.email)
        except FactorError:
            await self._read()
            return
        self.picture = segno.make(address, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff")
        self.fault, self.codes = "", []

    @rx.event
    @signed_in
    def drop_app(self):
        self.secret, self.picture, self.fault = "", "", ""

    @rx.event
    @signed_in
    async def confirm_app(self, form: dict):
        """The app is set up when it can say a code."""
        return await self._with_code("confirm", form)

    @rx.event
    @signed_in
    async def fresh_codes(self, form: dict):
        """New recovery codes, for a code."""
        return await self._with_code("codes", form)

    @rx.event
    @signed_in
    async def turn_off(self, form: dict):
        """Takes all second factors away, for a code."""
        return await self._with_code("off", form)

    async def _with_code(self, what: str, form: object) -> rx.event.EventSpec | None:
        account_id, now = current_account(self).account_id, datetime.now(UTC)
        code = line(fields(form).get("code", ""), 40)
        if (await rate_limit.take(TRIES, str(account_id))).retry_after_s:
            self.fault = "too_many_tries"
            return None
        try:
            async with database.session() as s:
                if what == "confirm":
                    self.codes = await second_factors.confirm(s, account_id, code, now)
                elif not await second_factors.check(s, account_id, code, now):
                    raise FactorError("wrong_code")
                elif what == "codes":
                    self.codes = await second_factors.fresh_codes(s, account_id)
                else:
                    await second_factors.reset(s, account_id, account_id)
                    self.codes = []
        except FactorError as refused:
            self.fault = refused.code
            return None
        forget(account_id)
        self.secret, self.picture, self.fault = "", "", ""
        await self._read()
        return rx.toast.success(later("Saved."))

    @rx.event
    @signed_in
    async def remove_key(self, passkey_id: int):
        """A device's key opens nothing any more."""
        account_id = current_account(self).account_id
        async with database.session() as s:
            await second_factors.remove_passkey(s, account_id, whole(passkey_id))
        forget(account_id)
        await self._read()

    @rx.event
    @signed_in
    async def key_added(self, codes: list[str]):
        """The page's own route has kept it; with the first factor come recovery codes."""
        forget(current_account(self).account_id)
        if isinstance(codes, list) and all(isinstance(one, str) and len(one) < 20 for one in codes[:20]):
            self.codes = codes[:20]
        await self._read()

    @rx.event
    @signed_in
    async def unlink(self):
        """The provider signs this account in no more."""
        account_id = current_account(self).account_id
        async with database.session() as s:
            for issuer in await identities.issuers(s, account_id):
                await identities.unlink(s, issuer, account_id)
        await self._read()
