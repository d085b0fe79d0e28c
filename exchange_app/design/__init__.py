"""Components of every page. Their look is `assets/exchange.css`; Radix is used where it brings behaviour."""

from .autosave import autosave
from .clock import clock, limit_ring
from .controls import (
    button,
    checkbox,
    disposition,
    dispositions,
    field,
    icon_button,
    kbd,
    link_button,
    segment,
    segmented,
    select,
    switch,
    text_area,
    text_input,
)  # fmt: skip
from .cords import cord, cord_board, jack
from .keyboard import key, key_overlay, keyboard
from .live_table import Column, live_table
from .states import CALL_STATES, CAMPAIGN_STATES, OPERATOR_STATES, OUTCOMES, States
from .strip import action_bar, call_strip
from .surfaces import (
    badge,
    callout,
    card,
    data_list,
    dialog,
    empty_state,
    fill,
    head,
    loading,
    progress,
    section,
    stat,
    table,
)  # fmt: skip

__all__ = [
    "CALL_STATES", "CAMPAIGN_STATES", "OPERATOR_STATES", "OUTCOMES", "Column", "States", "action_bar", "autosave",
    "badge", "button", "call_strip", "callout", "card", "checkbox", "clock", "cord", "cord_board", "data_list",
    "dialog", "disposition", "dispositions", "empty_state", "field", "fill", "head", "icon_button", "jack", "kbd",
    "key",
    "key_overlay", "keyboard", "limit_ring", "link_button", "live_table", "loading", "progress", "section", "segment",
    "segmented", "select", "stat", "switch", "table", "text_area", "text_input",
]  # fmt: skip
