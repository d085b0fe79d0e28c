"""Writing a script and its form: typed text goes to the draft, a press makes a version of it."""

import json
from dataclasses import dataclass

import reflex as rx

from exchange_app.arguments import BadArgument, line, one_of, paragraphs, whole
from exchange_app.security import roles
from exchange_domain import campaigns, script_lint, scripts
from exchange_domain.forms import FormError, parse_form
from exchange_domain.script_parts import parts
from exchange_domain.texts import say
from exchange_domain.words import FieldKind

from . import examples, script_draft
from .here import Here
from .rights import Opened, field_of, gone, opened
from .samples import field_names, sample
from .script_draft import LONGEST_OPTIONS, LONGEST_SCRIPT, NEEDED, ScriptDraft
from .script_preview import html_of


def first_script() -> str:
    """An example to begin with, in the language of whoever asks."""
    return say(
        "# Greeting\n\nGood afternoon, {{name}}! My name is {{operator}}, I am calling from … "
        "May I take two minutes?\n\n- [Yes](#Reason)\n- [Not now](#Another time)\n\n"
        "# Reason\n\nSay in two sentences why you call and what the person gains.\n\n"
        "- [Interested](#Agreement)\n- [No, thank you](#Goodbye)\n\n"
        "# Agreement\n\nWhich day suits you?\n\n"
        "# Another time\n\nWhen may I call again?\n\n"
        "# Goodbye\n\nThank you for your time.\n\n"
        "# Objections\n\n## Where did you get my number?\n\nSay where. If they ask, we will not call again.\n\n"
        "## I have no time\n\nWhen may I call again?"
    )


def focus(element_id: str) -> rx.event.EventSpec:
    """Puts the cursor into a field, also one that this very event has brought."""
    # The field is drawn after the event's changes, in a frame of its own.
    return rx.call_script(f"setTimeout(() => document.getElementById({json.dumps(element_id)})?.focus(), 60)")


@dataclass(frozen=True)
class FieldLine:
    """A field of the form as the editor shows it."""

    place: int
    uid: str
    label: str
    kind: str
    needed: str
    options: str
    last: bool


def lines_of(draft: ScriptDraft) -> list[FieldLine]:
    count = len(draft.fields)
    return [
        FieldLine(place, f.uid, f.label, f.kind, f.needed, f.options, place == count)
        for place, f in enumerate(draft.fields, 1)
    ]


@dataclass(frozen=True)
class RemarkLine:
    """A remark as the page shows it: a code of script_lint.Code and what it is about."""

    code: str
    step: int
    about: str
    seconds: int


class Script(rx.State):
    markdown: str = ""
    remarks: rx.Field[list[RemarkLine]] = rx.field(default_factory=list)
    fields: rx.Field[list[FieldLine]] = rx.field(default_factory=list)
    version: int = 0
    """Number of the version that operators read; 0: none yet."""
    dirty: bool = False
    """Whether the draft differs from that version."""
    preview: str = ""
    """Safe HTML."""
    aloud_s: int = 0
    names: rx.Field[list[str]] = rx.field(default_factory=list)
    unknown: rx.Field[list[str]] = rx.field(default_factory=list)
    """Fields of the script that neither the list nor the exchange has."""
    sample_id: int = 0
    sample_name: str = ""
    fault: str = ""
    """Code of FormError, or empty_script."""
    fault_place: int = 0

    @rx.event
    @roles("customer")
    async def enter(self):
        self.reset()
        async with opened(self) as at:
            if at is not None:
                await self._show(at, await self._draft(at))

    @rx.event
    @roles("customer")
    async def type_script(self, field: str, value: str):
        campaign_id, _ = field_of(field)
        text = paragraphs(value, LONGEST_SCRIPT)
        async with opened(self, campaign_id) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            await self._keep(at, ScriptDraft(text, draft.fields))

    @rx.event
    @roles("customer")
    async def begin_with_sample(self, trade: str = ""):
        """Puts an example into an empty draft: of a trade, or the plain one."""
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            if not draft.markdown.strip():
                text = examples.script(trade, at.account.language) if trade in examples.TRADES else first_script()
                await self._keep(at, ScriptDraft(text, draft.fields))

    @rx.event
    @roles("customer")
    async def type_label(self, field: str, value: str):
        await self._change_field(field, label=line(value, 200))

    @rx.event
    @roles("customer")
    async def type_options(self, field: str, value: str):
        await self._change_field(field, options=paragraphs(value, LONGEST_OPTIONS))

    async def _change_field(self, field: str, **values: str) -> None:
        campaign_id, rest = field_of(field)
        async with opened(self, campaign_id) as at:
            if at is not None:
                draft = await self._draft(at)
                await self._keep(at, draft.changed(rest.partition(":")[2], **values))

    @rx.event
    @roles("customer")
    async def choose_kind(self, uid: str, kind: str):
        wanted = one_of(FieldKind, kind).value
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            await self._keep(at, draft.changed(str(uid), kind=wanted))

    @rx.event
    @roles("customer")
    async def choose_needed(self, uid: str, needed: str):
        """Which outcomes ask for the field."""
        if needed not in NEEDED:
            raise BadArgument("a choice is expected")
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            await self._keep(at, draft.changed(str(uid), needed=needed))

    @rx.event
    @roles("customer")
    async def append_field(self):
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            await self._keep(at, draft.with_field(FieldKind.TEXT))
        if self.fields:
            return focus(f"label-{self.fields[-1].uid}")

    @rx.event
    @roles("customer")
    async def remove_field(self, uid: str):
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            await self._keep(at, draft.without(str(uid)))

    @rx.event
    @roles("customer")
    async def move_field(self, uid: str, by: int):
        step = 1 if whole(by) > 0 else -1
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            await self._keep(at, draft.moved(str(uid), step))

    @rx.event
    @roles("customer")
    async def next_sample(self):
        """The preview with another contact of the list."""
        async with opened(self) as at:
            if at is None:
                return gone()
            await self._show(at, await self._draft(at), after=self.sample_id)

    @rx.event
    @roles("customer")
    async def publish(self):
        """Makes the draft a version: operators read it from their next call on."""
        async with opened(self) as at:
            if at is None:
                return gone()
            draft = await self._draft(at)
            if not draft.markdown.strip():
                self.fault, self.fault_place = "empty_script", 0
                return focus("script-text")
            try:
                parse_form(draft.form())
            except FormError as refused:
                self.fault, self.fault_place = refused.code, refused.field
                return
            script = await campaigns.save_script(at.db, at.id, draft.markdown, draft.form(), at.account.account_id)
            await script_draft.discard(at.id)
            await self._show(at, script_draft.of_version(script))
        (await self.get_state(Here)).has_script = True

    @rx.event
    @roles("customer")
    async def discard(self):
        """Back to the version that operators read."""
        async with opened(self) as at:
            if at is None:
                return gone()
            await script_draft.discard(at.id)
            await self._show(at, await self._draft(at))

    async def _draft(self, at: Opened) -> ScriptDraft:
        kept = await script_draft.read(at.id)
        return kept or script_draft.of_version(await script_draft.stored_version(at.db, at.campaign))

    async def _keep(self, at: Opened, draft: ScriptDraft) -> None:
        await script_draft.write(at.id, draft)
        if at.on_page:
            await self._show(at, draft)

    async def _show(self, at: Opened, draft: ScriptDraft, after: int | None = None) -> None:
        stored = await script_draft.stored_version(at.db, at.campaign)
        shown = await sample(at.db, at.id, max(self.sample_id - 1, 0) if after is None else after)
        self.names = await field_names(at.db, at.id)
        values = scripts.script_values(
            contact_name=shown.contact_name,
            person_name=shown.person_name,
            operator_name=at.account.display_name,
            fields=shown.values,
        )
        known = {name.casefold() for name in (*self.names, *values)}
        self.markdown, self.fields = draft.markdown, lines_of(draft)
        self.version = stored.version if stored else 0
        self.dirty = draft != script_draft.of_version(stored)
        self.preview = html_of(parts(draft.markdown, values))
        self.aloud_s = script_lint.seconds_aloud(draft.markdown)
        found = script_lint.lint(draft.markdown, recorded=at.campaign.recording)
        self.remarks = [RemarkLine(one.code.value, one.step, one.about, one.seconds) for one in found]
        self.unknown = [name for name in scripts.fields_used(draft.markdown) if name.casefold() not in known]
        self.sample_id, self.sample_name = shown.contact_id, shown.person_name or shown.contact_name
        self.fault, self.fault_place = "", 0
