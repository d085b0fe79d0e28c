"""What the switch leaves behind of a leg: its call detail record on the way to the app, its recording on the disk."""

from typing import TYPE_CHECKING
from uuid import UUID

from .database.rows import Record
from .switch.channel import Channel

if TYPE_CHECKING:
    from .world import World

ARRIVES = ((86, (5, 60)), (9, (1_000, 50_000)), (5, (50_000, 300_000)))
"""A record is posted at once; what could not be posted is read from the spool later."""
LOST_RECORD, DOUBLED_RECORD, LOST_FILE = 0.03, 0.06, 0.04
WRITTEN = ((90, (50, 1_500)), (10, (1_500, 60_000)))
MOVES_MS = 5_000


class Paper:
    def __init__(self, world: "World"):
        self.world = world
        self._vanished: dict[UUID, None] = {}
        world.agenda.after(MOVES_MS, self._move, counts=False)

    def _move(self) -> None:
        """The mover of recordings does its round."""
        world = self.world
        world.database.recordings.move(world.database.tables, world.agenda.now)
        world.agenda.after(MOVES_MS, self._move, counts=False)

    def post(self, channel: Channel) -> None:
        """mod_json_cdr: once for each leg; it comes late, twice, or never."""
        chance, agenda = self.world.chance, self.world.agenda
        # One leg never loses both: without record, file and event nobody on earth would know of the talk.
        if channel.leg not in self._vanished and chance.happens(LOST_RECORD):
            self.world.note("record lost", channel.leg)
            return
        assert channel.ended_ms is not None and channel.cause is not None
        billed_s = 0 if channel.answered_ms is None else (channel.ended_ms - channel.answered_ms) // 1_000
        record = Record(channel.leg, channel.answered_ms, channel.ended_ms, billed_s, channel.cause)
        for _ in range(2 if chance.happens(DOUBLED_RECORD) else 1):
            agenda.after(chance.span(ARRIVES), lambda: self._store(record), counts=False)

    def _store(self, record: Record) -> None:
        """The same leg again changes nothing."""
        world = self.world
        if record.leg not in world.database.tables.records:
            world.database.tables.records[record.leg] = record
            world.note("record stored", record.leg)

    def recording(self, channel: Channel, started: bool) -> None:
        world, recordings = self.world, self.world.database.recordings
        if started:
            recordings.started[channel.leg] = world.agenda.now
            return
        if world.chance.happens(LOST_FILE):
            self._vanished[channel.leg] = None
            world.note("recording vanished", channel.leg)
            return
        self.file(channel)

    def file(self, channel: Channel) -> None:
        """The file is complete a moment after the end."""
        world, leg = self.world, channel.leg
        files = world.database.recordings.files
        world.agenda.after(world.chance.span(WRITTEN), lambda: files.setdefault(leg, world.agenda.now), counts=False)
