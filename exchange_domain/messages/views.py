"""Views: what the engine shows the app's pages."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from ..words import (
    CallState,
    CampaignStatus,
    ImportPhase,
    ImportState,
    ListeningMode,
    ManagerResult,
    OperatorState,
    Outcome,
    TransferState,
)
from .base import Message


class TransferView(Message):
    """The transfer in progress, as operator and manager see it. Times are epoch milliseconds."""

    transfer_id: UUID
    state: TransferState
    manager_id: int
    manager_name: str
    started_ms: int
    answered_ms: int | None = None
    waiting: int = 0
    """How many managers can be rung after this one."""


class CallView(Message):
    """The call on an operator's screen. The number is masked here already: the full one never leaves the engine."""

    call_id: UUID
    contact_id: int
    contact_name: str
    person_name: str
    masked_number: str
    time_zone: str
    attempt: int
    state: CallState
    claimed_ms: int
    """Since when it is dialled, or, in a preview, shown."""
    preview: bool = False
    """The contact is only shown: nothing is dialled yet."""
    preview_until_ms: int | None = None
    """When it is dialled by itself; none: the countdown is stopped."""
    answered_ms: int | None = None
    ended_ms: int | None = None
    limit_ms: int | None = None
    """When the switch ends the call by itself."""
    warning_ms: int | None = None
    """When the warning tone sounds."""
    wrap_up_until_ms: int | None = None
    hangup_cause: str | None = None
    ended_by: str | None = None
    proposed_outcome: Outcome | None = None
    """What the switch says the end was, or a call-back when no manager could be had: preselected in wrap-up."""
    noted_ms: int | None = None
    """When the exchange last put a note into the draft by itself: the page reads the draft again."""
    transfer: TransferView | None = None
    recorded: bool = False
    masked: bool = False
    """The recording is paused: nothing of what is said is kept."""


class Notice(Message):
    """Something the person should know: a code that the page has the words for."""

    code: str
    """seat_unavailable, seat_lost, seat_not_back, seat_idle, no_seat_by_number, list_done, nothing_due, outside_hours,
    daily_cap, spend_cap, lines_busy, out_of_funds, campaign_not_active, no_certificate, call_open, no_manager,
    managers_unavailable, manager_unavailable, manager_left, contact_left, switch_lost, switch_dead, not_possible_now,
    bad_disposition, limit_reached, mask_failed, preview_over, pilot, no_aptitude, practice_over"""
    at_ms: int
    until_ms: int | None = None
    """For nothing_due, outside_hours, daily_cap and spend_cap: when the next contact can be called."""
    reason: str | None = None
    """For managers_unavailable, of the last one: manager_busy, manager_no_answer, manager_unavailable, skipped."""


class OperatorView(Message):
    """All an operator's page needs of the engine. `version` grows with each change of that operator's state."""

    kind: Literal["operator"] = "operator"
    operator_id: int
    version: int
    state: OperatorState
    shift_id: int | None = None
    campaign_id: int | None = None
    shift_started_ms: int | None = None
    call: CallView | None = None
    has_telephone: bool = False
    """Her telephone can be rung instead of an endpoint that is lost."""
    notice: Notice | None = None
    last_command: UUID | None = None
    """Key of the last command that was carried out or refused."""

    @property
    def about(self) -> UUID | None:
        """The call that it shows, else the command that it answers: the key of its trace."""
        return self.call.call_id if self.call is not None else self.last_command


class ManagerView(Message):
    """A manager's desk: the transfer that rings or talks there, or none."""

    kind: Literal["manager"] = "manager"
    manager_id: int
    version: int
    call_id: UUID | None = None
    campaign_id: int | None = None
    transfer: TransferView | None = None
    operator_name: str | None = None
    contact_name: str | None = None
    person_name: str | None = None
    number: str | None = None
    """In full: the contact is the manager's own customer."""
    with_contact: bool = False
    """The transfer is complete: manager and contact talk."""
    ended: bool = False


class ListenerView(Message):
    """A moderator's own listening to an operator's line: coming about, going on, or over."""

    kind: Literal["listener"] = "listener"
    moderator_id: int
    version: int
    leg: UUID
    operator_id: int
    state: Literal["calling", "on", "over"]
    mode: ListeningMode = ListeningMode.LISTEN
    reason: str = ""
    """Why it is over: stopped, line_over (the operator's line ended), no_line (she has none), no_page (the moderator's
    page did not answer), late (pressed too long ago), failed."""


class OverheardView(Message):
    """Whether a moderator is in on an operator's line, and who hears them: of several the one heard by most."""

    kind: Literal["overheard"] = "overheard"
    operator_id: int
    version: int
    mode: ListeningMode | None = None
    """None: nobody is."""


class DraftSaved(Message):
    """The operator has written more about a call that is at a manager's desk: read it again."""

    kind: Literal["draft"] = "draft"
    call_id: UUID
    version: int
    """Epoch milliseconds."""


class PracticeMeasured(Message):
    """A test or a lesson of an operator was measured, or a moderator said something to it: read it again."""

    kind: Literal["practice"] = "practice"
    operator_id: int
    version: int
    """Epoch milliseconds."""


class CallRow(Message):
    """One call as a row of the customer's live table."""

    kind: Literal["call"] = "call"
    campaign_id: int
    call_id: UUID
    contact_id: int
    contact_name: str
    person_name: str
    number: str
    operator_name: str
    """First name and initial only."""
    attempt: int
    state: CallState
    claimed_ms: int
    answered_ms: int | None = None
    ended_ms: int | None = None
    talk_s: int | None = None
    outcome: Outcome | None = None
    disposition: str | None = None
    """The customer's own words for the outcome, if any."""
    result: dict[str, Any] = Field(default_factory=dict)
    note: str = ""
    transferred: bool = False
    manager_name: str | None = None
    manager_result: ManagerResult | None = None
    """What came of the transfer, as the manager says."""
    manager_note: str = ""
    charge: int | None = None
    """Minor units; none until settled."""
    settled: bool = False
    dialled: bool = True
    """No: the contact is only shown to an operator, or was passed over."""


class CampaignChanged(Message):
    """Status or money of a campaign changed: pages read what they show of it again."""

    kind: Literal["campaign"] = "campaign"
    campaign_id: int
    status: CampaignStatus


class ImportMoved(Message):
    """The import of a list has come further, or to its end."""

    kind: Literal["import"] = "import"
    campaign_id: int
    import_id: int
    state: ImportState
    phase: ImportPhase
    done_rows: int
    total_rows: int
    elapsed_ms: int
    """Since the work was begun."""


AnyLive = Annotated[
    OperatorView
    | ManagerView
    | ListenerView
    | OverheardView
    | DraftSaved
    | PracticeMeasured
    | CallRow
    | CampaignChanged
    | ImportMoved,
    Field(discriminator="kind"),
]
LIVE: TypeAdapter[AnyLive] = TypeAdapter(AnyLive)


def masked(e164: str) -> str:
    """A number as operators see it: country and area to tell it by, the last two digits, no more.

    >>> masked("+78121234567")
    '+7 812 •••-••-67'
    """
    digits = e164.lstrip("+")
    if digits.startswith("7") and len(digits) == 11:
        return f"+7 {digits[1:4]} •••-••-{digits[-2:]}"
    return f"+{digits[:2]} {'•' * max(len(digits) - 4, 3)} {digits[-2:]}"
