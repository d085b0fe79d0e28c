"""The words of reviews: why a call is heard, what it is judged by, why it is rejected."""

from typing import Any

import reflex as rx

from exchange_app.design import badge
from exchange_app.i18n import t, tn


def reason_words(code: Any, value: Any) -> Any:
    """Why a call is to be heard; one that was drawn by chance has no code."""
    return rx.match(
        code,
        ("contested", t("The customer contests the charge")),
        ("reported", t("The operator reported trouble")),
        ("abusive", t("The contact was abusive")),
        ("new_operator", t("New operator, talk {n}", n=value)),
        ("new_campaign", t("New campaign, talk {n}", n=value)),
        ("very_short", tn("Only {n} second long", "Only {n} seconds long", n=value)),
        ("hit_limit", t("Hit the time limit")),
        ("long_silence", tn("{n} second of silence", "{n} seconds of silence", n=value)),
        ("both_speaking", t("Both spoke at once, {n} %", n=value)),
        ("no_greeting", tn("No greeting for {n} second", "No greeting for {n} seconds", n=value)),
        ("operator_silent", tn("Operator spoke {n} second", "Operator spoke {n} seconds", n=value)),
        ("contact_hardly_spoke", tn("Success, but contact spoke {n} second", "Success, but contact spoke {n} seconds",
                                    n=value)),
        ("contact_spoke", tn("“Nobody there”, but contact spoke {n} second",
                             "“Nobody there”, but contact spoke {n} seconds", n=value)),
        ("refused_unheard", t("Refused, but contact said nothing")),
        t("Taken by chance"),
    )  # fmt: skip


def level_badge(level: Any) -> Any:
    """How urgent it is, or why it is here."""
    return rx.match(
        level,
        ("high", badge(t("High"), tone="red", icon="triangle-alert")),
        ("complaint", badge(t("Complaint"), tone="red", icon="megaphone")),
        ("medium", badge(t("Medium"), tone="amber", icon="info")),
        ("second", badge(t("Second ear"), icon="ear")),
        badge(t("By chance"), icon="shuffle"),
    )
