"""A table fed by row patches; the rows never travel through the page's state again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t, tn

# Said by live_table.jsx; named here for the catalogue.
_SAID = (t("new"), tn("{n} new row", "{n} new rows", n=0))


@dataclass(frozen=True)
class Column:
    """One column of a live table.

    Kinds: text; badge (by `badges`); clock and date (epoch ms or ISO); number; money (minor units; `currency` is a
    code or
    the row's key of one); length (seconds as m:ss); running (epoch ms: counts up until the row's `until`, if that is
    set).
    """

    key: str
    label: Any
    kind: Literal["text", "badge", "clock", "date", "number", "money", "length", "running"] = "text"
    phone: bool = False
    """Whether phones show it. A phone's row has two columns."""
    strong: bool = False
    quiet: bool = False
    currency: str = "RUB"
    until: str = ""

    def props(self) -> dict[str, Any]:
        align = "num" if self.kind in ("number", "money", "length", "running") else ""
        align = "nw" if self.kind in ("clock", "date") else align
        return {
            "key": self.key,
            "label": self.label,
            "kind": self.kind,
            "phone": self.phone,
            "align": align,
            "strong": self.strong,
            "quiet": self.quiet,
            "currency": self.currency,
            "until": self.until,
        }


class _LiveTable(rx.Component):
    library = browser_module(__name__, "live_table.jsx")
    tag = "LiveTable"
    snapshot: rx.Var[dict[str, Any]]
    patch: rx.Var[dict[str, Any]]
    columns: rx.Var[list[dict[str, Any]]]
    badges: rx.Var[dict[str, Any]]
    order: rx.Var[str]
    filter_key: rx.Var[str]
    filter_values: rx.Var[list[str]]
    caption: rx.Var[str]
    empty: rx.Var[Any]
    most: rx.Var[int]
    known_only: rx.Var[bool]
    rising: rx.Var[bool]
    chosen: rx.Var[Any]
    on_gap: rx.EventHandler[rx.event.passthrough_event_spec(int)]
    on_row: rx.EventHandler[rx.event.passthrough_event_spec(str)]


browser_module(__name__, "clock.jsx")  # imported by live_table.jsx


def live_table(
    columns: Sequence[Column],
    *,
    snapshot: Any,
    patch: Any,
    on_gap: Any,
    caption: Any,
    order: str,
    badges: Mapping[str, Mapping[str, rx.Component]] | None = None,
    filter_key: Any = "",
    filter_values: Any = None,
    empty: rx.Component | None = None,
    on_row: Any = None,
    chosen: Any = None,
    known_only: bool = False,
    rising: bool = False,
    most: int = 500,
) -> Any:
    """New rows on top, tinted and marked "new"; rows under the pointer or focus stay where they are.

    `snapshot` and `patch` are Vars that `live.room` keeps: `{seq, rows}` and `{seq, upserts, removes}`.
    `on_gap(seq)` must set a new snapshot. `order` names the row's key to sort by, largest first, with `rising` least
    first. `badges` by column: `{"state": CALL_STATES.badges()}`.
    `filter_values` (with `filter_key`): only these; empty: all. `on_row(id)` makes rows pressable.
    `known_only`: a patch changes rows that are there, and adds none.
    """
    props: dict[str, Any] = {
        "snapshot": snapshot,
        "patch": patch,
        "on_gap": on_gap,
        "caption": caption,
        "order": order,
        "most": most,
        "columns": [c.props() for c in columns],
        "empty": empty if empty is not None else rx.fragment(),
    }
    optional = {"badges": badges, "on_row": on_row, "chosen": chosen, "filter_values": filter_values}
    optional["known_only"], optional["rising"] = known_only or None, rising or None
    props |= {name: value for name, value in optional.items() if value is not None}
    if not isinstance(filter_key, str) or filter_key:
        props["filter_key"] = filter_key
    return _LiveTable.create(**props)
