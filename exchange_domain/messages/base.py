"""What every message has."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

VERSION = 1
"""Version of the message format; a reader refuses a greater one."""


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    v: Literal[1] = VERSION
