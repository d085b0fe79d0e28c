"""The vocabulary of states: icon, word, colour and what a screen reader says. One row each, for every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app.i18n import t, tc

from .surfaces import badge
from .tones import Tone


@dataclass(frozen=True)
class Shown:
    """How a state looks. `she` and `he` replace the word where Russian needs the person's gender."""

    icon: str
    word: Any
    tone: Tone
    live: Any = ""
    she: Any = None
    he: Any = None


class States:
    """A table of states by code; each method takes a code or a Var of one."""

    def __init__(self, rows: Mapping[str, Shown], otherwise: Shown) -> None:
        self.rows = dict(rows)
        self.otherwise = otherwise

    def _pick(self, code: Any, take: Any) -> Any:
        if isinstance(code, str):
            return take(self.rows.get(str(code), self.otherwise))
        return rx.match(code, *((name, take(row)) for name, row in self.rows.items()), take(self.otherwise))

    def icon(self, code: Any, **props: Any) -> Any:
        return self._pick(code, lambda row: rx.icon(row.icon, aria_hidden="true", **props))

    def word(self, code: Any, gender: Any = None) -> Any:
        """The word; `gender` is "f", "m" or "", of the person the state is about."""

        def of(row: Shown) -> Any:
            if gender is None or row.she is None:
                return row.word
            return rx.match(gender, ("f", row.she), ("m", row.he), row.word)

        return self._pick(code, of)

    def tone(self, code: Any) -> Any:
        return self._pick(code, lambda row: row.tone)

    def live(self, code: Any) -> Any:
        """What the live region says when the state begins."""
        return self._pick(code, lambda row: row.live)

    def badge(self, code: Any, gender: Any = None) -> Any:
        return badge(self.word(code, gender), tone=self.tone(code), icon=self.icon(code))

    def badges(self) -> dict[str, rx.Component]:
        """Ready badges by code, for `live_table`."""
        return {name: badge(row.word, tone=row.tone, icon=row.icon) for name, row in self.rows.items()}


_UNKNOWN = Shown("circle-help", t("Unknown"), "gray")

OPERATOR_STATES = States(
    {
        "off_shift": Shown("moon", t("Off shift"), "gray", t("You are off shift")),
        "connecting": Shown("plug-zap", t("Connecting"), "amber", t("Connecting your line")),
        "ready": Shown("headset", t("Ready"), "accent", t("You can call"), tc("she", "Ready"), tc("he", "Ready")),
        "ringing": Shown("phone-outgoing", t("Ringing"), "amber", t("Ringing the contact")),
        "talking": Shown("audio-lines", t("Talking"), "accent", t("Connected. You hear each other")),
        "transferring": Shown("arrow-right-to-line", t("Transferring"), "blue", t("The contact hears music")),
        "wrap_up": Shown("pen-line", t("Wrap-up"), "gray", t("Call ended. Choose how it ended")),
        "break": Shown("coffee", t("Break"), "gray", t("On a break")),
        "connection_lost": Shown("unplug", t("Connection lost"), "red", t("Connection lost. The call is held")),
    },
    _UNKNOWN,
)

MANAGER_RESULTS = States(
    {
        "agreed": Shown("check", t("Agreed"), "accent"),
        "later": Shown("clock", t("Later"), "amber"),
        "no_interest": Shown("x", t("Not interested"), "gray"),
        "not_for_us": Shown("circle-slash", t("Not for us"), "gray"),
        "other": Shown("message-square", t("Something else"), "gray"),
    },
    _UNKNOWN,
)

CONTACT_STATES = States(
    {
        "waiting": Shown("clock", t("Waits"), "gray", t("Waits")),
        "working": Shown("phone-outgoing", t("Being called"), "amber", t("Being called")),
        "done": Shown("check", t("Done"), "accent", t("Done")),
    },
    _UNKNOWN,
)

CALL_STATES = States(
    {
        "claimed": Shown("phone-outgoing", t("Dialling"), "amber"),
        "ringing": Shown("phone-outgoing", t("Ringing"), "amber"),
        "talking": Shown("audio-lines", t("Talking"), "accent"),
        "transferring": Shown("arrow-right-to-line", t("Transferring"), "blue"),
        "wrap_up": Shown("pen-line", t("Wrap-up"), "gray"),
        "closed": Shown("check", t("Done"), "gray"),
        "incoming": Shown("phone-incoming", t("Incoming"), "amber", t("A transfer comes in")),
        "waiting": Shown("clock", t("Waiting"), "gray"),
        "working": Shown("headset", t("In work"), "accent"),
        "done": Shown("check", t("Done"), "gray"),
        "disputed": Shown("flag", t("Disputed"), "amber"),
    },
    _UNKNOWN,
)

OUTCOMES = States(
    {
        "success": Shown("check", t("Success"), "accent"),
        "refused": Shown("x", t("Not interested"), "gray"),
        "wrong_number": Shown("phone-off", t("Wrong number"), "gray"),
        "no_answer": Shown("phone-missed", t("No answer"), "gray"),
        "busy": Shown("phone-off", tc("line", "Busy"), "gray"),
        "unreachable": Shown("phone-off", t("Unreachable"), "gray"),
        "dropped": Shown("unplug", t("Broken off"), "gray"),
        "call_back": Shown("clock", t("Call back"), "amber"),
        "do_not_call": Shown("ban", t("Do not call"), "red"),
    },
    _UNKNOWN,
)

CAMPAIGN_STATES = States(
    {
        "draft": Shown("pencil", t("Draft"), "gray"),
        "active": Shown("audio-lines", t("Running"), "accent"),
        "paused": Shown("pause", t("Paused"), "amber"),
        "out_of_funds": Shown("wallet", t("Out of funds"), "red"),
        "finished": Shown("check", t("Finished"), "gray"),
    },
    _UNKNOWN,
)
