"""What can happen to a warm transfer, in the table's words: one kind each, whatever event of the engine brought it."""

from dataclasses import dataclass
from enum import StrEnum

from .events import Event
from .state import Manager


class Kind(StrEnum):
    START = "the operator presses T"
    NEXT = "the operator presses N: the next manager"
    RETURN = "the operator presses R or Esc"
    COMPLETE = "the operator presses Y"
    HANG_UP = "the operator presses H"
    DECLINED = "the manager presses Z: busy"
    LISTED = "the campaign's managers are known"
    MANAGER_ANSWERED = "the manager's leg is up"
    MANAGER_PARKED = "the manager's leg is parked"
    MANAGER_GONE = "the manager's leg is gone"
    TALKING = "operator and contact are bridged"
    CONSULTING = "operator and manager are bridged"
    JOINED = "contact and manager are bridged"
    NOT_CONSULTING = "asked, the switch says that operator and manager live apart"
    NOT_JOINED = "asked, the switch says that contact and manager live apart"
    CONTACT_GONE = "the contact's leg is gone"
    SEAT_GONE = "the operator's leg is gone"
    LEASE_LOST = "the number's lease is lost"
    OVERDUE = "the manager's leg says nothing for too long"


@dataclass(frozen=True, slots=True)
class Happening:
    kind: Kind
    event: Event
    cause: str = ""
    """Why a leg is gone."""
    managers: tuple[Manager, ...] = ()
    """For LISTED, in the order in which they are asked."""

    @property
    def at(self) -> int:
        return self.event.at
