"""The script and form as they are being written, before they become a version that operators read.

A version never changes once stored, so typing must not make one. What is typed is kept in Redis for thirty days, one
draft a campaign: it outlives the page, the browser and the web process, and two people of one customer see the same.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.broker import redis
from exchange_domain.forms import MOST_FIELDS
from exchange_domain.tables import Campaign, Script
from exchange_domain.words import FieldKind, Outcome

from .field_keys import key_of

KEPT_S = 30 * 24 * 3600
LONGEST_SCRIPT = 50_000
LONGEST_OPTIONS = 5_000


NEEDED: dict[str, tuple[Outcome, ...]] = {
    "": (),
    "success": (Outcome.SUCCESS,),
    "agreed": (Outcome.SUCCESS, Outcome.CALL_BACK),
    "refused": (Outcome.REFUSED,),
    "talked": (Outcome.SUCCESS, Outcome.REFUSED, Outcome.CALL_BACK, Outcome.DO_NOT_CALL),
}
"""The choices of when a field must be filled in, and the outcomes that ask for it then."""


def needed_of(definition: dict[str, Any]) -> str:
    """The choice that a stored field is nearest to."""
    on = {Outcome(one) for one in definition.get("required_on") or ()}
    on = on or ({Outcome.SUCCESS} if definition.get("required") else set())
    exact = next((name for name, outcomes in NEEDED.items() if set(outcomes) == on), None)
    return exact if exact is not None else "talked"


@dataclass(frozen=True)
class FieldDraft:
    """A field of the form as it stands in the editor. `uid` tells it from the others while it has no key yet."""

    uid: str
    key: str = ""
    label: str = ""
    kind: str = FieldKind.TEXT.value
    needed: str = ""
    """When it must be filled in: a key of NEEDED."""
    options: str = ""
    """One a line."""


@dataclass(frozen=True)
class ScriptDraft:
    markdown: str = ""
    fields: tuple[FieldDraft, ...] = field(default=())

    def form(self) -> list[dict[str, Any]]:
        """The form's definition for `forms.parse_form`; new fields get their keys here."""
        taken = {f.key for f in self.fields if f.key}
        form = []
        for one in self.fields:
            key = one.key or key_of(one.label, taken)
            taken.add(key)
            lists = one.kind in (FieldKind.CHOICE, FieldKind.CHOICES)
            form.append(
                {
                    "key": key,
                    "label": one.label,
                    "kind": one.kind,
                    "required": bool(NEEDED[one.needed]),
                    "required_on": [outcome.value for outcome in NEEDED[one.needed]],
                    "options": one.options.splitlines() if lists else [],
                }
            )
        return form

    def changed(self, uid: str, **values: Any) -> "ScriptDraft":
        """With a field changed; the same when there is no such field any more."""
        return replace(self, fields=tuple(replace(f, **values) if f.uid == uid else f for f in self.fields))

    def with_field(self, kind: FieldKind) -> "ScriptDraft":
        if len(self.fields) >= MOST_FIELDS:
            return self
        return replace(self, fields=(*self.fields, FieldDraft(f"new-{secrets.token_hex(4)}", kind=kind.value)))

    def without(self, uid: str) -> "ScriptDraft":
        return replace(self, fields=tuple(f for f in self.fields if f.uid != uid))

    def moved(self, uid: str, by: int) -> "ScriptDraft":
        """With a field one place earlier (-1) or later (1)."""
        order = list(self.fields)
        at = next((n for n, f in enumerate(order) if f.uid == uid), None)
        if at is None or not 0 <= at + by < len(order):
            return self
        order.insert(at + by, order.pop(at))
        return replace(self, fields=tuple(order))


def _key(campaign_id: int) -> str:
    return f"customer:script_draft:{campaign_id}"


async def stored_version(s: AsyncSession, campaign: Campaign) -> Script | None:
    """The version that operators read now."""
    return await s.get(Script, campaign.script_id) if campaign.script_id else None


def of_version(script: Script | None) -> ScriptDraft:
    if script is None:
        return ScriptDraft()
    fields = [
        FieldDraft(f["key"], f["key"], f["label"], f["kind"], needed_of(f), "\n".join(f.get("options") or ()))
        for f in script.form
    ]
    return ScriptDraft(script.markdown, tuple(fields))


async def read(campaign_id: int) -> ScriptDraft | None:
    """The draft, or None when nothing was typed since the last version."""
    kept = await redis().get(_key(campaign_id))
    if kept is None:
        return None
    value = json.loads(kept)
    fields = []
    for kept_field in value["fields"]:
        # Drafts of before this was chosen by outcome.
        if kept_field.pop("required", False):
            kept_field["needed"] = "success"
        fields.append(FieldDraft(**kept_field))
    return ScriptDraft(value["markdown"], tuple(fields))


async def write(campaign_id: int, draft: ScriptDraft) -> None:
    await redis().set(_key(campaign_id), json.dumps(asdict(draft), ensure_ascii=False), ex=KEPT_S)


async def discard(campaign_id: int) -> None:
    await redis().delete(_key(campaign_id))
