"""What the small world for the core is made of: channels, and the facts of its one contact."""

from dataclasses import dataclass, replace
from uuid import UUID

from call_engine.core.state import CallFacts


@dataclass
class Leg:
    """A channel of the world's switch."""

    leg: UUID
    kind: str
    state: str = "dialling"
    """dialling, ringing, early, answered, gone"""
    job_done: bool = False
    partner: UUID | None = None
    parks: bool = True
    answered_ms: int | None = None
    cause: str | None = None
    sound: str | None = None
    """What is played to it; a bridge ends it."""

    @property
    def alive(self) -> bool:
        return self.state != "gone"

    @property
    def connectable(self) -> bool:
        return self.alive and self.job_done


def call_facts(call_id: UUID, **other: object) -> CallFacts:
    facts = CallFacts(
        call_id=call_id, campaign_id=3, customer_id=2, contact_id=5, contact_name="Ромашка", person_name="Иван",
        e164="+78121234567", time_zone="Europe/Moscow", attempt=1, token=41, longest_call_s=600, warning_s=60,
        ring_s=30, wrap_up_s=120, recording=True,
    )  # fmt: skip
    return replace(facts, **other)  # type: ignore[arg-type]
