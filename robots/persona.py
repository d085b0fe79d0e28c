"""What a robot is like and what it says: one file each."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

HERE = Path(__file__).parent
PERSONAS, LINES = HERE / "personas", HERE / "lines"
LANGUAGES = ("ru", "en")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class PersonaError(ValueError):
    """A file that is no persona: says which, where and why."""


class Mood(StrEnum):
    FRIENDLY = "friendly"
    HURRIED = "hurried"
    PUZZLED = "puzzled"
    SCEPTICAL = "sceptical"
    ANNOYED = "annoyed"
    MACHINE = "machine"


class Act(StrEnum):
    """What a turn is for: lessons ask whether an operator met an objection, or a wish for a person."""

    GREETS = "greets"
    ANSWERS = "answers"
    OBJECTS = "objects"
    ASKS_FOR_PERSON = "asks_for_person"
    SAYS_GOODBYE = "says_goodbye"


class Turn(BaseModel):
    """One line, and when it is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Act
    ru: Line
    en: Line
    interrupts_after_s: float | None = Field(default=None, ge=1, le=60)
    """Says it after so long a speech, pause or not; without it, in the next pause."""
    hangs_up: bool = False
    """Ends the call when it is said."""

    def line(self, language: str) -> str:
        return self.ru if language == "ru" else self.en


class Persona(BaseModel):
    """Seconds are of sound: speech is what is louder than a quiet room, a pause is silence after it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"[a-z][a-z_]{1,30}")]
    number: int = Field(ge=1, le=99)
    """Its own: part of the telephone numbers that it answers (robots/numbers.py)."""
    fits: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")], ...] = Field(min_length=1)
    """Outcomes of a call that say truly how it ended."""
    mood: Mood
    pitch: int = Field(default=50, ge=0, le=99)
    """Of the voice that reads the lines aloud."""
    listens: bool = True
    """A machine does not: it speaks once, and again and again."""
    pause_s: float = Field(default=0.6, ge=0.2, le=5)
    """So long a silence after somebody spoke: it is the robot's turn."""
    patience_s: float = Field(default=8, ge=2, le=60)
    """So long without a word: it says its line again."""
    turns: tuple[Turn, ...] = Field(min_length=1, max_length=20)

    def sound(self, language: str, number: int) -> Path:
        """Of a turn, counted from 1: Opus, mono."""
        return LINES / language / f"{self.name}-{number}.ogg"


def read(path: Path) -> Persona:
    """Raises PersonaError."""
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Persona.model_validate(given | {"name": path.stem})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        raise PersonaError(f"{path.name}: {unreadable}") from unreadable
    except ValidationError as invalid:
        first = invalid.errors()[0]
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        raise PersonaError(f"{path.name}: {where}: {first['msg']}") from invalid


@cache
def personas() -> dict[str, Persona]:
    """All that come with the exchange, by name. Raises PersonaError when two have one number."""
    found = {path.stem: read(path) for path in sorted(PERSONAS.glob("*.toml"))}
    taken: dict[int, str] = {}
    for name, persona in found.items():
        if (other := taken.setdefault(persona.number, name)) != name:
            raise PersonaError(f"{name}.toml: number: {other}.toml has {persona.number} too")
    return found
