"""The player of reviews: two waves, silence skipped, 0.75 to 2 times, notes pinned to a moment."""

import base64
from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.design import key
from exchange_app.i18n import t

COLUMNS = 700
"""So many peaks a channel are drawn at most."""
# Said by wave_player.jsx; named here for the catalogue.
_SAID = (
    t("Recording"), t("Operator, above"), t("Contact, below"), t("{at} of {length}"), t("{n} s of silence skipped"),
    t("Note {n} at {at}"), t("The recording cannot be heard just now. Press play to try again."), t("Pause"), t("Play"),
    t("Space"), t("Back 5 seconds"), t("Forward 5 seconds"), t("Speed {n}"), t("Silence is skipped"),
    t("Silence is heard"), t("Note"),
)  # fmt: skip
_LIBRARY = browser_module(__name__, "wave_player.jsx")


class _WavePlayer(rx.Component):
    library = _LIBRARY
    tag = "WavePlayer"
    lib_dependencies: list[str] = ["wavesurfer.js@7.12.12"]
    src: rx.Var[str]
    peaks: rx.Var[str]
    duration_ms: rx.Var[int]
    silences: rx.Var[list[list[int]]]
    notes: rx.Var[Any]
    noting: rx.Var[bool]
    on_note: rx.EventHandler[rx.event.passthrough_event_spec(int)]


class _SeekTo(rx.Component):
    library = _LIBRARY
    tag = "SeekTo"
    at: rx.Var[int]
    label: rx.Var[str]


def drawn(peaks: bytes, columns: int = COLUMNS) -> str:
    """Peaks (contact and operator in turn) as the player takes them: base64 of at most so many a channel."""
    pairs = len(peaks) // 2
    step = max(1, -(-pairs // columns))
    parts = (peaks[start * 2 : (start + step) * 2] for start in range(0, pairs, step))
    return base64.b64encode(bytes(x for part in parts for x in (max(part[0::2]), max(part[1::2])))).decode()


def wave_player(
    *, role: str, call_id: Any, peaks: Any, duration_ms: Any, silences: Any, notes: Any, on_note: Any = None
) -> Any:
    """`notes`: rows with id, at_ms and words. `on_note(ms)`: a note is to be pinned here; none: the page has no notes
    to make."""
    optional = {"on_note": on_note} if on_note is not None else {}
    return rx.fragment(
        _WavePlayer.create(
            src=f"/{role}/calls/" + call_id.to(str) + "/recording", peaks=peaks, duration_ms=duration_ms,
            silences=silences, notes=notes, noting=on_note is not None, key=call_id, **optional,
        ),
        key("Space", press="player-play"),
        key("KeyJ", press="player-back"),
        key("KeyL", press="player-on"),
        key("KeyV", press="player-speed"),
        key("KeyS", press="player-skip"),
        key("KeyN", press="player-note"),
    )  # fmt: skip


def seek_to(at_ms: Any, label: Any) -> Any:
    """A moment of the recording, as a button that moves the player there."""
    return _SeekTo.create(at=at_ms, label=label)
