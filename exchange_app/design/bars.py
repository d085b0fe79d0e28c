"""Bars: how many, and which part of them. What they show is said in words too."""

from typing import Any

import reflex as rx

from .surfaces import empty_state


def columns_chart(items: Any, *, label: Any, words: Any, empty: Any, every: int = 1) -> Any:
    """Upright bars side by side. `label(item)` stands below each `every`-th; `words(item)` is what a reader and the
    pointer are told. An item has `share` and `part`, in percent of the height."""

    def column(item: Any, place: Any) -> rx.Component:
        shown = label(item)
        return rx.el.li(
            rx.el.span(words(item), class_name="sr"),
            rx.el.div(
                rx.el.i(style={"height": item.share.to(str) + "%"}),
                rx.el.b(style={"height": item.part.to(str) + "%"}),
                aria_hidden="true",
            ),
            rx.el.small(shown if every == 1 else rx.cond(place % every == 0, shown, ""), aria_hidden="true"),
            title=words(item),
            key=place,
        )

    return _or_empty(items, rx.el.ol(rx.foreach(items, column), class_name="cols"), empty)


def rows_chart(items: Any, *, label: Any, value: Any, words: Any, empty: Any) -> Any:
    """Lying bars below each other, with their value beside."""

    def row(item: Any, place: Any) -> rx.Component:
        return rx.el.li(
            rx.el.span(label(item)),
            rx.el.div(
                rx.el.i(style={"width": item.share.to(str) + "%"}),
                rx.el.b(style={"width": item.part.to(str) + "%"}),
                aria_hidden="true",
            ),
            rx.el.span(value(item), class_name="num", aria_hidden="true"),
            rx.el.span(words(item), class_name="sr"),
            title=words(item),
            key=place,
        )

    return _or_empty(items, rx.el.ol(rx.foreach(items, row), class_name="rws"), empty)


def _or_empty(items: Any, chart: rx.Component, empty: Any) -> Any:
    return rx.cond(items.length() > 0, chart, empty_state(empty, "", icon="chart-column"))
