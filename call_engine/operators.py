"""All mailboxes of the engine, and which leg, job and endpoint belongs to whom."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import structlog

from .core.events import Created, Destroyed, EndpointSignedOff, EndpointSignedOn, OriginateDone, OriginateFailed
from .core.state import Operator, legs
from .leg_log import LegLog
from .mailbox import Executor, Mailbox
from .switch.leg_events import said_of
from .switch.reading import JobMessage, LegMessage, RegistrationMessage, engine_token, read_event

log = structlog.get_logger()

FORGET_S = 600.0
"""A leg without an end that was seen is forgotten after this long, if its operator does not need it."""


RECENT_S = 5.0


class Operators:
    """Routes what the switch says. Called from the reading task: it only looks up and puts into queues."""

    def __init__(self) -> None:
        self._mailboxes: dict[int, Mailbox] = {}
        self._legs: dict[UUID, tuple[int, float]] = {}
        self._jobs: dict[UUID, tuple[int, UUID]] = {}
        self._registrations: dict[str, str] = {}
        """Of each user, the registration that holds."""
        self.executor: Executor | None = None
        self.connected = False
        """Whether new operators start with a switch."""
        self.leg_log = LegLog()
        self.on_unknown_leg: Callable[[UUID, int], None] | None = None
        """Told of a leg that begins, was made by an engine and belongs to nobody: the leg, and that engine's token."""

    def __iter__(self) -> Iterator[Mailbox]:
        return iter(list(self._mailboxes.values()))

    def of(self, operator_id: int) -> Mailbox:
        """The operator's mailbox; a new one for somebody not seen before."""
        mailbox = self._mailboxes.get(operator_id)
        return mailbox or self.add(Operator(operator_id, connected=self.connected))

    def add(self, state: Operator) -> Mailbox:
        assert self.executor is not None
        mailbox = self._mailboxes[state.operator_id] = Mailbox(state, self.executor)
        return mailbox

    # --- legs and jobs ---

    def expect_leg(self, leg: UUID, operator_id: int) -> None:
        """From now on the leg's events go to this operator. Called before the leg can exist."""
        self._legs[leg] = (operator_id, time.monotonic())

    def wanted_legs(self) -> set[UUID]:
        """Legs that an operator needs, or that were asked for so recently that she may not know of them yet.

        A leg whose events would still find their way may be nobody's all the same: it came too late, out of an
        originate that was believed to be lost.
        """
        limit = time.monotonic() - RECENT_S
        recent = {leg for leg, kept in self._legs.items() if kept[1] > limit}
        return recent | {leg for mailbox in self for leg in legs(mailbox.state)}

    def new_job(self, operator_id: int, leg: UUID) -> UUID:
        """A job's uuid, known here before the command goes out."""
        job = uuid4()
        self._jobs[job] = (operator_id, leg)
        return job

    def forget_old(self, needed: set[UUID]) -> None:
        """Drops legs and jobs whose end was never seen."""
        limit = time.monotonic() - FORGET_S
        self._legs = {leg: kept for leg, kept in self._legs.items() if leg in needed or kept[1] > limit}
        self._jobs = {job: kept for job, kept in self._jobs.items() if kept[1] in self._legs}

    def forget_all(self) -> None:
        """Nothing that was on the switch is anybody's any more."""
        self._legs.clear()
        self._jobs.clear()

    # --- what the switch says ---

    def event(self, headers: Mapping[str, Any]) -> None:
        match read_event(headers):
            case LegMessage() as said:
                self._leg(said, headers)
            case JobMessage() as said:
                self._job(said)
            case RegistrationMessage() as said:
                self._registration(said)

    def _leg(self, said: LegMessage, headers: Mapping[str, Any]) -> None:
        if (owner := self._legs.get(said.leg)) is None:
            if said.kind is Created and self.on_unknown_leg and (token := engine_token(headers)) is not None:
                self.on_unknown_leg(said.leg, token)
            return
        self.of(owner[0]).post(said.kind, leg=said.leg, **said.values)
        if (noted := said_of(said.leg, headers)) is not None:
            self.leg_log.put(noted)
        if said.kind is Destroyed:
            del self._legs[said.leg]

    def _job(self, said: JobMessage) -> None:
        if (owner := self._jobs.pop(said.job, None)) is None:
            return
        operator_id, leg = owner
        if said.reason is None:
            self.of(operator_id).post(OriginateDone, leg=leg)
        else:
            self.of(operator_id).post(OriginateFailed, leg=leg, cause=said.reason.split()[0])

    def _registration(self, said: RegistrationMessage) -> None:
        if said.registered:
            self._registrations[said.user] = said.registration
        elif self._registrations.get(said.user, said.registration) != said.registration:
            # An older registration ran out: of a page that was closed since. The present one stands.
            return
        else:
            self._registrations.pop(said.user, None)
        for mailbox in self:
            shift = mailbox.state.shift
            if shift is not None and shift.endpoint == said.user:
                kind = EndpointSignedOn if said.registered else EndpointSignedOff
                mailbox.post(kind, registration=said.registration)

    async def close(self) -> None:
        for mailbox in self:
            await mailbox.close()
