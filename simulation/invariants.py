"""The six things that must always hold, checked after each step; docs/simulation.md says how they read here."""

import re
from typing import TYPE_CHECKING
from uuid import UUID

from exchange_domain.clock import moment
from exchange_domain.messages import ManagerView, OperatorView, masked
from exchange_domain.words import CallState, ContactStatus, LedgerKind, RecordingState

from .database.calls import SWITCH_LOST
from .database.rows import Settlement
from .database.settling import whole_seconds
from .faults import Broken
from .switch.channel import Channel, LegKind

if TYPE_CHECKING:
    from .world import World

LIMIT_SLACK_MS = 1_000
"""FACTS §7: the switch hangs up within half a second of the limit; it is armed some milliseconds after the answer."""
HOURS_SLACK_MS = 10_000
"""From the claim, which looks at the clock, to the dialling."""
UNHEARD_S = 35
"""A stopped engine reads the switch's last words when it goes on; a lost end is missed by the next audit."""
MASK_SLACK_MS = 20_000
"""Longer than any slow network, slow database and reserved moment together."""
ANNOUNCEMENT_MS = 31_000
OF_CUSTOMERS = (LedgerKind.CUSTOMER_FUNDS, LedgerKind.CUSTOMER_HOLD)


class Invariants:
    """`checked`: how many comparisons were made for each of the six."""

    def __init__(self, world: "World"):
        self.world = world
        self.checked = [0] * 7
        self._movements = 0
        self._mask_wrong: dict[UUID, tuple[int, object]] = {}
        """Since when the switch and the row differ about a recording's pause, and over which connection."""
        digits = {n.e164[2:] for c in world.database.tables.contacts.values() for n in c.numbers}
        self._numbers = re.compile("|".join(sorted(digits)))

    def after_step(self) -> None:
        self._books()
        self._limits()
        self._contacts()

    # --- 1: a number is in one live call, and called in its hours only ---

    def dialled(self, channel: Channel) -> None:
        """A leg has come into being."""
        if channel.kind is not LegKind.CONTACT:
            return
        world, now = self.world, self.world.agenda.now
        world.counts.placed += 1
        self.checked[1] += 1
        for other in world.switch.live.values():
            if other is channel or other.kind is not LegKind.CONTACT or self._given_up(other):
                continue
            if other.address == channel.address:
                what = f"{channel.address} is dialled for {channel.leg} while it is in the live call {other.leg}"
                raise Broken(1, what)
        call = world.database.tables.calls.get(channel.leg)
        if call is None or call.e164 != channel.address:
            raise Broken(1, f"{channel.address} is dialled without a claim")
        campaign, contact = (
            world.database.tables.campaigns[call.campaign_id],
            world.database.tables.contacts[call.contact_id],
        )
        zone = contact.time_zone
        if not any(campaign.hours.is_open(zone, moment(at)) for at in (now, now - HOURS_SLACK_MS)):
            raise Broken(1, f"{channel.address} is dialled at {moment(now)}, outside its hours in {zone}")

    def _given_up(self, channel: Channel) -> bool:
        """Its call ended with a switch that was given up; the leg is killed when the switch is back."""
        return self.world.database.tables.calls[channel.leg].hangup_cause == SWITCH_LOST

    # --- 2: one settlement, books that balance, nobody below zero ---

    def _books(self) -> None:
        books = self.world.database.books
        for movement in books.movements[self._movements :]:
            self.checked[2] += 1
            if sum(movement.lines.values()) != 0:
                raise Broken(2, f"{movement.key} sums to {sum(movement.lines.values())}")
            for account in movement.lines:
                if account[0] in OF_CUSTOMERS and books.balances[account] < 0:
                    raise Broken(2, f"{movement.key} leaves {account[0]} of {account[1]} at {books.balances[account]}")
        self._movements = len(books.movements)

    # --- 3: no call outlives its limit ---

    def _limits(self) -> None:
        now = self.world.agenda.now
        for channel in self.world.switch.live.values():
            if channel.kind is not LegKind.CONTACT:
                continue
            self.checked[3] += 1
            assert channel.longest_s is not None
            if channel.answered_ms is not None:
                over = now - channel.answered_ms - channel.longest_s * 1_000
            else:
                over = now - channel.created_ms - channel.ring_s * 1_000 - ANNOUNCEMENT_MS
            if channel.recording:
                self._mask(channel, now)
            if over > LIMIT_SLACK_MS:
                raise Broken(3, f"call {channel.leg} lives {over / 1_000:.1f} s longer than it may")

    # --- 4: a contact is in work only while somebody works on it ---

    def _contacts(self) -> None:
        t = self.world.database.tables
        held = {c.contact_id for c in t.open_calls.values() if c.state is not CallState.CLOSED}
        for contact in t.contacts.values():
            self.checked[4] += 1
            if (contact.status is ContactStatus.WORKING) != (contact.id in held):
                what = "in work though no call holds it" if contact.id not in held else f"{contact.status} in a call"
                raise Broken(4, f"contact {contact.id} is {what}")

    # --- 5: nobody hears or sees what is not for them ---

    def joined(self, a: Channel, b: Channel) -> None:
        """Two legs hear each other."""
        self.checked[5] += 1
        kinds = {a.kind: a, b.kind: b}
        if len(kinds) != 2 or a.operator_id != b.operator_id:
            raise Broken(5, f"{a.kind} of operator {a.operator_id} hears {b.kind} of operator {b.operator_id}")
        t = self.world.database.tables
        contact, manager, seat = (kinds.get(k) for k in (LegKind.CONTACT, LegKind.MANAGER, LegKind.SEAT))
        call = None if contact is None else t.calls.get(contact.leg)
        if manager is not None:
            transfer = t.transfers.get(manager.leg)
            if transfer is None:
                raise Broken(5, "a manager is heard without a transfer")
            if contact is not None and transfer.call_id != contact.leg:
                raise Broken(5, f"the manager of call {transfer.call_id} hears the contact of call {contact.leg}")
            call = t.calls[transfer.call_id]
            allowed = t.campaigns[call.campaign_id].managers
            if transfer.manager_id not in allowed or t.managers[transfer.manager_id].dial_name != manager.address:
                raise Broken(5, f"manager {transfer.manager_id} is not one of campaign {call.campaign_id}")
        if call is None:
            raise Broken(5, "a bridge without a call")
        person = None if seat is None else self.world.operators[seat.operator_id]
        if seat is not None and person is not None and seat.address not in (person.endpoint, person.fallback_number):
            raise Broken(5, f"the seat of operator {seat.operator_id} is {seat.address}")
        if seat is not None and call.operator_id != seat.operator_id:
            raise Broken(5, f"operator {seat.operator_id} hears the call of operator {call.operator_id}")

    def operator_shown(self, view: OperatorView) -> None:
        """No page of an operator ever has a full number."""
        self.checked[5] += 1
        text = view.model_dump_json()
        if (found := self._numbers.search(text)) is not None:
            raise Broken(5, f"operator {view.operator_id} is shown the number …{found[0]}")
        if view.call is None:
            return
        row = self.world.database.tables.calls.get(view.call.call_id)
        if row is None or row.operator_id != view.operator_id:
            raise Broken(5, f"operator {view.operator_id} is shown the call {view.call.call_id} of somebody else")
        if view.call.masked_number != masked(row.e164):
            raise Broken(5, f"operator {view.operator_id} is shown another number than her call's")

    def manager_shown(self, view: ManagerView) -> None:
        """A manager's desk is about calls of campaigns that are the manager's."""
        self.checked[5] += 1
        t = self.world.database.tables
        if view.call_id is None:
            return
        row = t.calls[view.call_id]
        if row.campaign_id != view.campaign_id or view.manager_id not in t.campaigns[row.campaign_id].managers:
            raise Broken(5, f"manager {view.manager_id} is shown a call of campaign {row.campaign_id}")

    # --- at the end, when everything has come to rest ---

    def at_rest(self) -> None:
        """Raises Broken for what is still open though nothing will ever happen to it again."""
        self.after_step()
        t, recordings = self.world.database.tables, self.world.database.recordings
        for call in t.calls.values():
            self.checked[2] += 1
            if call.id not in t.settlements:
                raise Broken(2, f"call {call.id} ({call.state}, ended {call.ended_at}) was never settled")
            settled = [m for m in self.world.database.books.movements if m.call_id == call.id and m.kind == "settle"]
            if len(settled) != 1:
                raise Broken(2, f"call {call.id} was settled {len(settled)} times")
            self._billed(t.settlements[call.id])
        for account, balance in self.world.database.books.balances.items():
            if account[0] is LedgerKind.CUSTOMER_HOLD and balance != 0:
                raise Broken(2, f"{balance} of customer {account[1]} are held for nothing")
        for contact in t.contacts.values():
            if contact.status is ContactStatus.WORKING:
                raise Broken(4, f"contact {contact.id} stays in work for ever")
        for call_id in recordings.started:
            self.checked[6] += 1
            row = t.recordings.get(call_id)
            if row is None or row.state not in (RecordingState.STORED, RecordingState.LOST) or row.masked_now:
                raise Broken(6, f"the recording of call {call_id} is neither stored nor reported lost")

    # --- 6: what is not kept is said so, and nothing else is left out ---

    def _mask(self, channel: Channel, now: int) -> None:
        """A recording is paused on the switch while its row says so; a connected engine puts a difference right."""
        engine, row = self.world.engine, self.world.database.tables.recordings.get(channel.leg)
        steady = engine is not None and not engine.paused and engine.socket is not None and engine.socket.up
        if not steady or row is None or row.masked_now is channel.masked:
            self._mask_wrong.pop(channel.leg, None)
            return
        self.checked[6] += 1
        assert engine is not None
        since, of = self._mask_wrong.get(channel.leg, (now, engine.socket))
        if of is not engine.socket:
            since = now
        self._mask_wrong[channel.leg] = since, engine.socket
        if now - since > MASK_SLACK_MS:
            says = "paused" if row.masked_now else "kept"
            raise Broken(6, f"call {channel.leg} is said to be {says}, and is not")

    def _billed(self, settled: Settlement) -> None:
        """Nothing is charged that was not talked; of a leg that went with its switch, no more than was not heard."""
        channel = self.world.switch.channels.get(settled.call_id)
        talked = 0
        if channel is not None and channel.answered_ms is not None:
            talked = whole_seconds(channel.answered_ms, channel.ended_ms or self.world.agenda.now)
        lost = self.world.database.tables.calls[settled.call_id].hangup_cause == SWITCH_LOST
        if settled.billed_s > talked + (UNHEARD_S if lost else 0):
            raise Broken(
                2, f"call {settled.call_id} talked {talked} s and pays for {settled.billed_s} ({settled.source})"
            )
