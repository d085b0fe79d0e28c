"""Recordings: their rows repeat exchange_domain/recordings.py and recording_moves.py, the mover recording_store/."""

from dataclasses import dataclass, field
from uuid import UUID

from exchange_domain.words import RecordingState

from .rows import Call, Recording, Tables

SETTLE_MS = 3_000
PATIENCE_MS = 120_000
"""A file that does not turn up within this after its call's end is reported lost."""
ON_THE_SWITCH = (RecordingState.EXPECTED, RecordingState.RECORDING)


def expect(t: Tables, call_id: UUID) -> None:
    """In the answer's own transaction; once per call."""
    t.recordings.setdefault(call_id, Recording(call_id))


def switch_said(t: Tables, call_id: UUID, at: int, started: bool) -> None:
    row = t.recordings.get(call_id)
    if row is None:
        return
    if not started:
        row.stopped_at = row.stopped_at or at
        return
    row.started_at = row.started_at or at
    if row.state is RecordingState.EXPECTED:
        row.state = RecordingState.RECORDING


def mask(t: Tables, call_id: UUID, at: int, on: bool) -> None:
    row = t.recordings.get(call_id)
    if row is None or row.masked_now is on:
        return
    if on:
        row.masked.append((at, None))
    else:
        _end_mask(row, at)


def call_ended(t: Tables, call_id: UUID, at: int) -> None:
    """Its file waits to be moved."""
    row = t.recordings.get(call_id)
    if row is None or row.state not in ON_THE_SWITCH:
        return
    row.state, row.next_try_at = RecordingState.WAITING, at + SETTLE_MS
    if row.masked_now:
        _end_mask(row, at)


def _end_mask(row: Recording, at: int) -> None:
    begun, _ = row.masked[-1]
    row.masked[-1] = (begun, max(at, begun))


@dataclass(slots=True)
class Recordings:
    files: dict[UUID, int] = field(default_factory=dict)
    """Finished files on the switch's disk, by call, with the moment of their end."""
    started: dict[UUID, int] = field(default_factory=dict)
    """Every recording that the switch ever began: what invariant 6 is about."""

    def move(self, t: Tables, now: int) -> None:
        """One round of the mover: what ended and told nobody waits too; files that nobody knows of get a row."""
        for call in t.calls.values():
            if call.ended_at is not None:
                self._end_forgotten(t, call)
        for row in t.recordings.values():
            if row.state is RecordingState.WAITING and row.next_try_at <= now:
                self._move(t, row, now)
        self._look_through(t, now)

    def _end_forgotten(self, t: Tables, call: Call) -> None:
        assert call.ended_at is not None
        row = t.recordings.get(call.id)
        if row is None and self._by_record(t, call):
            row = t.recordings[call.id] = Recording(call.id)
        if row is not None and row.state in ON_THE_SWITCH:
            row.state, row.next_try_at = RecordingState.WAITING, call.ended_at + SETTLE_MS

    def _by_record(self, t: Tables, call: Call) -> bool:
        """A leg answered while it was being killed ends unanswered for the engine; its record knows better."""
        record = t.records.get(call.id)
        return record is not None and record.answered_at is not None and t.campaigns[call.campaign_id].recording

    def _move(self, t: Tables, row: Recording, now: int) -> None:
        ended_at = t.calls[row.call_id].ended_at or now
        if self.files.pop(row.call_id, None) is not None:
            row.state = RecordingState.STORED
        elif now > ended_at + PATIENCE_MS:
            self.report_lost(row)

    def _look_through(self, t: Tables, now: int) -> None:
        """As recording_moves.found_file."""
        for call_id in self.files:
            call, row = t.calls[call_id], t.recordings.get(call_id)
            if row is None and call.ended_at is not None:
                t.recordings[call_id] = Recording(call_id, RecordingState.WAITING, next_try_at=now)
            elif row is not None and row.state is RecordingState.LOST:
                row.state, row.next_try_at = RecordingState.WAITING, now

    def report_lost(self, row: Recording) -> None:
        """For the moderators."""
        row.state = RecordingState.LOST
