"""The database as engines use it: each call is one transaction, and an engine that lost its switch is refused."""

from call_engine.core import effects as fx
from call_engine.core.recovery import StoredCall, StoredTransfer
from call_engine.core.state import CallFacts, Manager
from exchange_domain.tables import Tariff
from exchange_domain.words import CallState, TransferState

from . import calls, claiming, settling, transfers
from .books import Books
from .recordings import Recordings
from .rows import Call, Shift, Tables, Transfer


class Fenced(Exception):
    """Another engine owns the switch by now: nothing was written."""


class Database:
    """`owner`: the number of the engine that drives the switch; a larger one is a later one."""

    def __init__(self, tariff: Tariff):
        self.tables = Tables(tariff)
        self.books = Books()
        self.recordings = Recordings()
        self.owner = 0
        self.heard_at: int | None = None
        """When an engine last heard the switch."""

    def fence(self, engine: int) -> None:
        if engine != self.owner:
            raise Fenced

    # --- what engines write ---

    def claim(self, effect: fx.Claim, now: int, dial_at: int) -> Call | claiming.Refusal:
        return claiming.claim(
            self.tables, self.books, call_id=effect.call_id, operator_id=effect.operator_id, shift_id=effect.shift_id,
            now=now, dial_at=None if effect.preview else dial_at,
        )  # fmt: skip

    def close(self, effect: fx.Close) -> None:
        calls.close(
            self.tables, effect.call_id, at=effect.at, disposition_id=effect.disposition_id, outcome=effect.outcome,
            call_back_at=effect.call_back_at_ms,
        )  # fmt: skip

    def settle(self, now: int) -> int:
        return settling.settle_due(self.tables, self.books, now)

    # --- what an engine starts with ---

    def open_shifts(self) -> list[Shift]:
        return [s for s in self.tables.shifts.values() if s.ended_at is None]

    def stored_calls(self) -> list[tuple[int, StoredCall]]:
        """Operator and call, as calls.open_calls and taking_over.py have them."""
        return [(call.operator_id, self._stored(call)) for call in self.tables.open_calls.values()]

    def _stored(self, call: Call) -> StoredCall:
        row = transfers.latest(self.tables, call.id)
        return StoredCall(
            facts=self.call_facts(call), claimed_ms=call.claimed_at, closed=call.state is CallState.CLOSED,
            ringing=call.ringing_at is not None, answered_ms=call.answered_at, ended_ms=call.ended_at,
            cause=call.hangup_cause, ended_by=call.ended_by, wrap_up_until=call.wrap_up_until,
            transfer=None if row is None else self._stored_transfer(row), unreached_ms=call.no_manager_at,
            masked=call.id in self.tables.recordings and self.tables.recordings[call.id].masked_now,
        )  # fmt: skip

    def _stored_transfer(self, row: Transfer) -> StoredTransfer:
        return StoredTransfer(
            row.id, TransferState(row.state), self.manager(row.manager_id), row.started_at, row.answered_at,
            row.completed_at, self._waiting(row),
        )  # fmt: skip

    def _waiting(self, row: Transfer) -> tuple[Manager, ...]:
        """Who would have been rung after this one."""
        order = self.tables.campaigns[self.tables.calls[row.call_id].campaign_id].managers
        return tuple(self.manager(m) for m in order[order.index(row.manager_id) + 1 :])

    def manager(self, manager_id: int) -> Manager:
        row = self.tables.managers[manager_id]
        return Manager(row.id, row.name, row.kind, row.dial_name)

    def call_facts(self, call: Call) -> CallFacts:
        campaign, contact = self.tables.campaigns[call.campaign_id], self.tables.contacts[call.contact_id]
        return CallFacts(
            call_id=call.id, campaign_id=call.campaign_id, customer_id=call.customer_id, contact_id=call.contact_id,
            contact_name=contact.name, person_name="", e164=call.e164, time_zone=contact.time_zone,
            attempt=call.attempt, token=call.token, longest_call_s=campaign.longest_call_s,
            warning_s=campaign.warning_s, ring_s=campaign.ring_s, wrap_up_s=campaign.wrap_up_s,
            recording=campaign.recording, dial_at_ms=call.dial_at or 0,
            preview=call.dial_at is None,
        )  # fmt: skip

    def managers_of(self, campaign_id: int) -> tuple[Manager, ...]:
        return tuple(self.manager(m) for m in self.tables.campaigns[campaign_id].managers)
