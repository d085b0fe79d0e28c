"""The words of administration: roles, acts, rules."""

from typing import Any

import reflex as rx

from exchange_app.design import badge
from exchange_app.i18n import t, tc
from exchange_app.roles_words import role_word


def role_badge(role: Any) -> Any:
    icon = rx.match(
        role,
        ("operator", rx.icon("headset", aria_hidden="true")),
        ("moderator", rx.icon("headphones", aria_hidden="true")),
        ("admin", rx.icon("shield", aria_hidden="true")),
        ("customer", rx.icon("building-2", aria_hidden="true")),
        rx.icon("phone-incoming", aria_hidden="true"),
    )
    return badge(role_word(role), icon=icon)


def act_words() -> dict[str, Any]:
    """Acts of the log."""
    return {
        "roles_changed": t("Roles changed"),
        "suspended": t("Suspended"),
        "restored": t("May sign in again"),
        "signed_out": t("Signed out everywhere"),
        "invited": t("Invited"),
        "invited_anew": t("Invited anew"),
        "invitation_withdrawn": t("Invitation withdrawn"),
        "rule_changed": t("Rule changed"),
        "score_card_changed": t("Score card changed"),
        "certificate_kind_made": t("Kind of certificate made"),
        "certificate_given": t("Certificate given"),
        "certificate_withdrawn": t("Certificate withdrawn"),
        "tariff_added": t("Tariff set"),
        "tariff_removed": t("Tariff taken back"),
        "cap_changed": t("Day's cap changed"),
        "switch_changed": t("Switch changed"),
        "carrier_changed": t("Carrier changed"),
        "number_forbidden": t("Number may not be called"),
        "number_allowed": t("Number may be called again"),
        "number_erased": t("Number erased"),
        "account_made": t("Account made"),
        "second_factor_set": t("Second factor set up"),
        "second_factor_reset": t("Second factor reset"),
        "passkey_added": t("Passkey added"),
        "passkey_removed": t("Passkey removed"),
        "identity_linked": t("Identity linked"),
        "identity_unlinked": t("Identity unlinked"),
    }


def act_word(act: Any) -> Any:
    return rx.match(act, *act_words().items(), act)


def rule_words() -> list[tuple[Any, list[tuple[str, Any, Any]]]]:
    """Groups of rules: name, what it is, its unit."""
    seconds, percent, calls = tc("unit", "seconds"), tc("unit", "percent"), tc("unit", "calls")
    points = tc("unit", "points")
    return [
        (
            t("Reviews"),
            [
                ("review_random_percent", t("Calls taken by chance"), percent),
                ("review_second_percent", t("Calls heard by two"), percent),
                ("review_lease_minutes", t("A call is one moderator's for"), tc("unit", "minutes")),
                ("appeal_hours", t("Time to appeal"), tc("unit", "hours")),
            ],
        ),
        (
            t("What is listened to first"),
            [
                ("new_operator_calls", t("An operator is new for"), calls),
                ("new_campaign_calls", t("A campaign is new for"), calls),
                ("short_call_s", t("A talk is very short below"), seconds),
                ("silence_s", t("Silence is long from"), seconds),
                ("both_speaking_percent", t("Both speak too much from"), percent),
                ("greeting_s", t("Greeting is expected within"), seconds),
            ],
        ),
        (
            t("Flags"),
            [
                ("silent_call_s", t("A silent talk is one of at least"), seconds),
                ("fast_result_s", t("A result is too fast below"), seconds),
                ("fast_results_in_row", t("So many fast results in a row"), calls),
                ("skips_in_row", t("So many contacts passed over in a row"), calls),
            ],
        ),
        (
            t("Recordings"),
            [
                ("keep_recordings_days", t("A new campaign keeps recordings for"), tc("unit", "days")),
                ("keep_recordings_most_days", t("No campaign keeps recordings for more than"), tc("unit", "days")),
            ],
        ),
        (
            t("Aptitude test: points needed of a hundred"),
            [
                ("aptitude_clear", t("Clear sound"), points),
                ("aptitude_prompt", t("Speaks up at once"), points),
                ("aptitude_listens", t("Does not interrupt"), points),
                ("aptitude_steady", t("Keeps the talk going"), points),
                ("aptitude_pace", t("Pace"), points),
                ("aptitude_result", t("Writes the result down"), points),
                ("aptitude_script", t("Says what the script asks for"), points),
            ],
        ),
        (
            t("Live calls"),
            [("show_listening", t("An operator sees that a moderator listens"), "")],
        ),
    ]
