"""What becomes of recordings: the switch's files, and the mover that stores them or reports them lost."""

from dataclasses import dataclass, field
from uuid import UUID

from .rows import Call, Tables

PATIENCE_MS = 120_000
"""A file that does not turn up within this after its call's end is reported lost."""


@dataclass(slots=True)
class Recordings:
    files: dict[UUID, int] = field(default_factory=dict)
    """Finished files on the switch's disk, by call, with the moment of their end."""
    started: dict[UUID, int] = field(default_factory=dict)
    """Every recording that the switch ever began: what invariant 6 is about."""
    stored: dict[UUID, int] = field(default_factory=dict)
    lost: dict[UUID, int] = field(default_factory=dict)
    """Reported to the moderators."""

    def move(self, t: Tables, now: int) -> None:
        """Stores the files that are there, whoever knows of them; then asks for those the calls promise."""
        for call_id in list(self.files):
            del self.files[call_id]
            self.stored[call_id] = now
            self.lost.pop(call_id, None)
        for call in t.calls.values():
            if call.ended_at is None or call.id in self.stored or call.id in self.lost:
                continue
            if call.recorded or self._by_record(t, call):
                self.ask_for(call.id, call.ended_at, now)

    def _by_record(self, t: Tables, call: Call) -> bool:
        """A leg answered while it was being killed ends unanswered for the engine; its record knows better."""
        record = t.records.get(call.id)
        return record is not None and record.answered_at is not None and t.campaigns[call.campaign_id].recording

    def ask_for(self, call_id: UUID, ended_at: int, now: int) -> None:
        if now > ended_at + PATIENCE_MS:
            self.report_lost(call_id, now)

    def report_lost(self, call_id: UUID, now: int) -> None:
        self.lost[call_id] = now
