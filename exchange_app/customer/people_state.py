"""Who takes transfers, and how calls can end; every change is saved at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import reflex as rx
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import flag, line, one_of, whole
from exchange_app.security import roles
from exchange_domain import campaigns, customers, dispositions, invitations
from exchange_domain.dispositions import DispositionError
from exchange_domain.importing import NumberRules, UnreadableList, normalise
from exchange_domain.settings import settings
from exchange_domain.tables import Account, CampaignManager, CustomerMember
from exchange_domain.words import EndpointKind, MemberRole, Outcome, Role

from .here import Here
from .rights import Opened, field_of, gone, opened


@dataclass(frozen=True)
class ManagerLine:
    """A manager of the customer; `place` 0: does not take this campaign's transfers."""

    account_id: int
    name: str
    email: str
    kind: str
    endpoint: str
    place: int
    last: bool
    fault: str = ""
    """no_number, bad_number"""


@dataclass(frozen=True)
class DispositionLine:
    place: int
    id: int
    outcome: str
    label: str
    last: bool


async def managers_of(s: AsyncSession, customer_id: int, campaign_id: int) -> list[ManagerLine]:
    """Those of the campaign in its order, then the others by name."""
    chosen = list(
        await s.exec(
            select(CampaignManager.account_id)
            .where(CampaignManager.campaign_id == campaign_id)
            .order_by(col(CampaignManager.position))
        )
    )
    found = await s.exec(
        select(CustomerMember, Account)
        .join(Account, col(Account.id) == CustomerMember.account_id)
        .where(CustomerMember.customer_id == customer_id, CustomerMember.role == MemberRole.MANAGER)
        .order_by(col(Account.display_name))
    )
    lines = [
        ManagerLine(
            member.account_id,
            account.display_name,
            account.email,
            member.endpoint_kind.value,
            member.endpoint or "",
            chosen.index(member.account_id) + 1 if member.account_id in chosen else 0,
            bool(chosen) and member.account_id == chosen[-1],
        )
        for member, account in found.all()
    ]
    return sorted(lines, key=lambda m: (m.place == 0, m.place))


def e164_of(text: str, country: str) -> str | None:
    """The one callable number in a text; None when there is none."""
    try:
        found = normalise(text, NumberRules(country, ""))
    except UnreadableList:
        return None
    return found if isinstance(found, str) else None


class People(rx.State):
    managers: rx.Field[list[ManagerLine]] = rx.field(default_factory=list)
    ends: rx.Field[list[DispositionLine]] = rx.field(default_factory=list)
    fault: str = ""
    """Of the dispositions: last_success, full."""
    invited: str = ""
    """A fresh one-use link; shown once, kept nowhere."""

    @rx.event
    @roles("customer")
    async def enter(self):
        self.reset()
        async with opened(self) as at:
            if at is not None:
                await self._read(at)

    async def _read(self, at: Opened) -> None:
        self.managers = await managers_of(at.db, at.campaign.customer_id, at.id)
        rows = await campaigns.dispositions(at.db, at.id)
        self.ends = [
            DispositionLine(row.position, row.id or 0, row.outcome.value, row.label or "", row is rows[-1])
            for row in rows
        ]
        (await self.get_state(Here)).has_managers = any(m.place for m in self.managers)

    # --- managers

    @rx.event
    @roles("customer")
    async def switch_manager(self, account_id: int, on: bool):
        """Whether a manager takes this campaign's transfers; a new one is asked last."""
        wanted, chosen = flag(on), whole(account_id)
        async with opened(self) as at:
            if at is None:
                return gone()
            if chosen not in await customers.managers(at.db, at.campaign.customer_id):
                return gone()
            order = [i for i in await self._order(at) if i != chosen] + ([chosen] if wanted else [])
            await campaigns.set_managers(at.db, at.id, order)
            await self._read(at)

    @rx.event
    @roles("customer")
    async def move_manager(self, account_id: int, by: int):
        chosen, step = whole(account_id), 1 if whole(by) > 0 else -1
        async with opened(self) as at:
            if at is None:
                return gone()
            order = await self._order(at)
            if chosen in order and 0 <= order.index(chosen) + step < len(order):
                place = order.index(chosen)
                order.insert(place + step, order.pop(place))
                await campaigns.set_managers(at.db, at.id, order)
            await self._read(at)

    async def _order(self, at: Opened) -> list[int]:
        lines = await managers_of(at.db, at.campaign.customer_id, at.id)
        return [m.account_id for m in lines if m.place]

    @rx.event
    @roles("customer")
    async def choose_endpoint(self, account_id: int, kind: str):
        """Where transfers ring. A telephone is saved when its number is there."""
        manager, wanted = whole(account_id), one_of(EndpointKind, kind)
        async with opened(self) as at:
            if at is None:
                return gone()
            member = await at.db.get(CustomerMember, (at.campaign.customer_id, manager, MemberRole.MANAGER))
            if member is None:
                return gone()
            if wanted != EndpointKind.NUMBER:
                await customers.add_member(at.db, member.customer_id, manager, MemberRole.MANAGER, wanted, None)
                await self._read(at)
                return
        self._show(manager, kind=wanted.value, endpoint="", fault="no_number")

    @rx.event
    @roles("customer")
    async def type_endpoint(self, field: str, value: str):
        """The telephone number, or the name of the SIP user."""
        campaign_id, rest = field_of(field)
        kind_word, _, account = rest.partition(":")
        manager, kind, typed = whole(account), one_of(EndpointKind, kind_word), line(value, 60)
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            member = await at.db.get(CustomerMember, (at.campaign.customer_id, manager, MemberRole.MANAGER))
            if member is None:
                return gone()
            endpoint = e164_of(typed, at.campaign.country) if kind == EndpointKind.NUMBER else typed or None
            if kind == EndpointKind.NUMBER and endpoint is None:
                self._show(manager, kind=kind.value, endpoint=value, fault="bad_number" if typed else "no_number")
                return
            await customers.add_member(at.db, member.customer_id, manager, MemberRole.MANAGER, kind, endpoint)
        self._show(manager, kind=kind.value, endpoint=value, fault="")

    def _show(self, manager: int, **values: str) -> None:
        self.managers = [replace(m, **values) if m.account_id == manager else m for m in self.managers]

    @rx.event
    @roles("customer")
    async def invite(self):
        """A link that makes whoever opens it first a manager of this customer."""
        async with opened(self) as at:
            if at is None:
                return gone()
            token = await invitations.issue(
                at.db, roles=[Role.MANAGER.value], customer_id=at.campaign.customer_id, created_by=at.account.account_id
            )
        self.invited = f"{settings().public_url.rstrip('/')}/join/{token}"

    # --- dispositions

    @rx.event
    @roles("customer")
    async def move_end(self, disposition_id: int, by: int):
        chosen, step = whole(disposition_id), 1 if whole(by) > 0 else -1
        return await self._change(lambda at: dispositions.move(at.db, at.id, chosen, step))

    @rx.event
    @roles("customer")
    async def add_end(self, outcome: str):
        wanted = one_of(Outcome, outcome)
        return await self._change(lambda at: dispositions.add(at.db, at.id, wanted))

    @rx.event
    @roles("customer")
    async def remove_end(self, disposition_id: int):
        chosen = whole(disposition_id)
        return await self._change(lambda at: dispositions.remove(at.db, at.id, chosen))

    @rx.event
    @roles("customer")
    async def choose_outcome(self, disposition_id: int, outcome: str):
        chosen, wanted = whole(disposition_id), one_of(Outcome, outcome)
        return await self._change(lambda at: dispositions.change(at.db, at.id, chosen, outcome=wanted))

    @rx.event
    @roles("customer")
    async def type_words(self, field: str, value: str):
        campaign_id, rest = field_of(field)
        chosen, words = whole(rest.partition(":")[2]), line(value, 60)
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            await dispositions.change(at.db, at.id, chosen, label=words)
        self.ends = [replace(e, label=value) if e.id == chosen else e for e in self.ends]

    async def _change(self, change: Callable[[Opened], Awaitable[object]]) -> rx.event.EventSpec | None:
        self.fault = ""
        try:
            async with opened(self) as at:
                if at is None:
                    return gone()
                await change(at)
                await self._read(at)
        except DispositionError as refused:
            self.fault = refused.code
        return None
