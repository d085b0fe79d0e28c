"""The words for flags: what each kind means, and what its figures are."""

from typing import Any

import reflex as rx

from exchange_app.i18n import t
from exchange_domain.words import FlagKind


def kind_words() -> dict[str, Any]:
    return {
        FlagKind.DUPLICATE_CONTACT.value: t("Contacts entered that are there already"),
        FlagKind.OWN_CONTACT.value: t("Asked for a contact of their own"),
        FlagKind.OVERRUNS_OF_CAMPAIGN.value: t("Calls of a campaign hit the time limit"),
        FlagKind.OVERRUNS_OF_OPERATOR.value: t("Calls of an operator hit the time limit"),
        FlagKind.ABUSIVE_CONTACT.value: t("A contact was abusive"),
        FlagKind.RECORDING_LOST.value: t("A recording is lost"),
        FlagKind.RECORDING_DELAYED.value: t("Recordings wait on a switch"),
        FlagKind.RECORD_MISSING.value: t("A call's length is not certain"),
        FlagKind.SETTLEMENT_CORRECTED.value: t("A charge was corrected by the switch's record"),
        FlagKind.CAP_REACHED.value: t("A day's cap was reached"),
        FlagKind.DESTINATION_REFUSED.value: t("A number that may not be dialled"),
        FlagKind.SWITCH_LOST.value: t("A switch was lost"),
        FlagKind.SILENT_CALL.value: t("Long talks in which the operator hardly spoke"),
        FlagKind.FAST_RESULTS.value: t("Results written too fast, one after the other"),
        FlagKind.SKIPS_IN_ROW.value: t("Contacts passed over, one after the other"),
        FlagKind.SCRIPT_REMARKS.value: t("A running script that operators will stumble over"),
        FlagKind.PROBLEM_REPORTED.value: t("An operator reports a problem"),
    }


def kind_name(code: Any) -> Any:
    return rx.match(code, *kind_words().items(), code)


def figure_name(code: Any) -> Any:
    """Of a flag's detail; an unknown one by its own code."""
    return rx.match(
        code,
        ("why", t("Why")),
        ("about", t("About")),
        ("answered", t("Answered")),
        ("billed_s", t("Seconds billed")),
        ("waiting", t("Waiting")),
        ("oldest", t("The oldest")),
        ("reason", t("Reason")),
        ("free_bytes", t("Bytes free")),
        ("least_bytes", t("Bytes needed")),
        ("switch", t("Switch")),
        ("calls", t("Calls")),
        ("overran", t("Over the limit")),
        ("of", t("Of")),
        ("talk_s", t("Seconds of talk")),
        ("remarks", t("Remarks")),
        code,
    )


def figure_value(value: Any) -> Any:
    """A detail that is a code, in words; any other as it is."""
    return rx.match(
        value,
        ("sound", t("the sound")),
        ("script", t("the script")),
        ("contact", t("the contact's data")),
        ("page", t("the page")),
        ("other", t("something else")),
        ("no_space", t("no room on its disk")),
        ("storage_away", t("the storage does not answer")),
        ("folder_missing", t("its folder is not there")),
        ("file_missing", t("the file is not there")),
        ("not_started", t("the switch did not record")),
        ("end_not_seen", t("the end of the call was not seen")),
        ("records_differ", t("two records of one leg differ")),
        ("asks_card", t("card data, codes or passwords are asked for")),
        ("dead_answer", t("an answer leads to no step")),
        ("no_greeting", t("there is no greeting")),
        ("no_caller", t("nobody says who calls")),
        ("True", t("yes")),
        ("False", t("no")),
        value,
    )
