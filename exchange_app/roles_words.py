"""The words of roles."""

from typing import Any

import reflex as rx

from exchange_app.i18n import t


def role_word(role: Any) -> Any:
    return rx.match(
        role,
        ("operator", t("Operator")),
        ("moderator", t("Moderator")),
        ("admin", t("Administrator")),
        ("customer", t("Customer")),
        ("manager", t("Manager")),
        role,
    )
