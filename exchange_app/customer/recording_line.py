"""What the dialog of a call says of its recording. The code comes from the state, the words from here."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app.i18n import date, t, tn
from exchange_domain.call_rows import epoch_ms
from exchange_domain.recordings import Shown
from exchange_domain.words import RecordingState

ON_ITS_WAY = frozenset({RecordingState.EXPECTED, RecordingState.RECORDING, RecordingState.WAITING})


@dataclass(frozen=True)
class RecordingLine:
    """`code`: none, on_its_way, stored, cut_short, lost, expired, erased."""

    code: str = "none"
    duration: str = ""
    """As m:ss."""
    keep_until_ms: int = 0
    days: int = 0


def line_of_recording(found: Shown) -> RecordingLine:
    if found.state is None:
        return RecordingLine()
    code = "on_its_way" if found.state in ON_ITS_WAY else found.state.value
    if found.state == RecordingState.STORED and found.cut_short:
        code = "cut_short"
    seconds = (found.duration_ms or 0) // 1000
    duration = f"{seconds // 60}:{seconds % 60:02}" if found.duration_ms is not None else ""
    return RecordingLine(code, duration, epoch_ms(found.keep_until) or 0, found.days)


def recording_words(line: Any) -> Any:
    kept = date(line.keep_until_ms, dateStyle="medium")
    return rx.match(
        line.code,
        ("on_its_way", t("on its way, it is stored within minutes after the call")),
        ("stored", t("{length} long, kept until {date}", length=line.duration, date=kept)),
        (
            "cut_short",
            t("{length} long, a part of the talk is missing; kept until {date}", length=line.duration, date=kept),
        ),
        ("lost", t("lost: the switch could not keep it. We look into it")),
        ("expired", tn("deleted after {n} day, as you chose", "deleted after {n} days, as you chose", n=line.days)),
        ("erased", t("deleted: the person asked to be erased")),
        t("not recorded"),
    )
