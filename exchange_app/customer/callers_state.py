"""Who may call the campaign: every operator, or those with a certificate."""

from dataclasses import dataclass

import reflex as rx

from exchange_app.arguments import BadArgument, whole
from exchange_app.i18n import later
from exchange_app.security import roles
from exchange_domain import certificates
from exchange_domain.certificates import CertificateError

from .rights import field_of, gone, opened


@dataclass(frozen=True)
class KindChoice:
    """A kind of certificate, and how many operators hold it."""

    id: str
    name: str
    goal: str
    holders: int


class Callers(rx.State):
    kinds: rx.Field[list[KindChoice]] = rx.field(default_factory=list)
    asked: str = ""
    """Id of the kind that is asked for; empty: none."""
    goal: str = ""
    holders: int = 0

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load."""
        self.reset()
        async with opened(self) as at:
            if at is None:
                return
            found, asked = await certificates.kinds(at.db), at.campaign.certificate_kind_id
        self.kinds = [KindChoice(str(k.id), k.name, k.goal, k.holders) for k in found]
        self._show("" if asked is None else str(asked))

    def _show(self, asked: str) -> None:
        kind = next((k for k in self.kinds if k.id == asked), None)
        self.asked, self.goal, self.holders = (asked, kind.goal, kind.holders) if kind else ("", "", 0)

    @rx.event
    @roles("customer")
    async def ask_for(self, field: str, kind_id: str):
        """Saves what is asked of operators, from the next contact on; the field is `{campaign}:certificate`."""
        campaign_id, _ = field_of(field)
        wanted = whole(kind_id) if kind_id else None
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            try:
                await certificates.ask_for(at.db, at.campaign, wanted)
            except CertificateError as refused:
                raise BadArgument("a kind of certificate is expected") from refused
        if at.on_page:
            self._show("" if wanted is None else str(wanted))
        return rx.toast.success(later("Saved."))
