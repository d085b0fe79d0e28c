"""The stops of each role's tour: where on the page, and what is said there.

A stop whose place is not on the page now is told with a small sample drawn in the popover instead; `page` is where the
role's tour begins.
"""

from dataclasses import dataclass
from typing import Any

from exchange_app.i18n import t


@dataclass(frozen=True)
class Stop:
    """`at`: a CSS selector; `sample`: a class of a drawn sample (tour.jsx), for what is not there at first."""

    at: str
    title: Any
    words: Any
    sample: str = ""


def _operator() -> list[Stop]:
    return [
        Stop(
            "#cards, .empty",
            t("Campaigns for you"),
            t("Each card says what an hour brings and from how many calls that was counted. Enter on a card begins."),
        ),
        Stop(
            ".line-pill",
            t("Your line"),
            t("This page is your telephone: microphone, volume, and what to do when something is wrong."),
        ),
        Stop(
            ".strip",
            t("The call strip"),
            t("It never moves: what happens, who is on the line, how long, what you can do. Buttons show their keys."),
            sample="strip",
        ),
        Stop(
            ".script",
            t("The script"),
            t("Say what stands there. Digits choose the contact's answer, 0 goes one step back."),
            sample="answers",
        ),
        Stop(
            "#note",
            t("What you write"),
            t("It is saved while you type. In a field letters are letters; Esc leaves it."),
            sample="note",
        ),
        Stop(
            ".strip .act",
            t("Handing over"),
            t("T rings the customer's manager. First you two talk, the contact hears music; Y connects them."),
            sample="cords",
        ),
        Stop(
            ".disp",
            t("How it ended"),
            t("A digit says how it ended. The next contact is shown before it is dialled: P waits, K skips."),
            sample="ended",
        ),
        Stop(
            "[href='/operator/earnings']",
            t("Your pay"),
            t("Every call with its pay and the reason for it. Abuse is paid too: ! ends such a talk."),
        ),
    ]


def _manager() -> list[Stop]:
    return [
        Stop(
            "#mg, .strip",
            t("Your desk"),
            t("When an operator has an interested contact, this page shows who it is before you say a word."),
        ),
        Stop(
            ".line-pill",
            t("Your line"),
            t("Enter answers in this page. At a telephone you pick up, and the page shows the same."),
        ),
        Stop(
            ".cords",
            t("Who hears whom"),
            t("First you hear the operator only, then the operator connects the contact. Z says that you are busy."),
            sample="cords",
        ),
        Stop(
            "#own-note",
            t("What came of it"),
            t("A digit for the result, a note below: both are saved by themselves, and your organisation sees them."),
            sample="note",
        ),
        Stop(
            ".sw",
            t("Are you there?"),
            t("A says that you are away; H sets your hours. Transfers go only to who is there."),
        ),
        Stop(
            "[href='/manager/history']",
            t("History"),
            t("Every transfer with what you said of it. / looks for a name, a number or a word."),
        ),
    ]


def _customer() -> list[Stop]:
    return [
        Stop(
            "#main h1",
            t("Your campaigns"),
            t("A campaign is one order: a list of contacts, a script, hours, and who takes the interested ones."),
        ),
        Stop(
            "#main .btn.solid",
            t("A new one"),
            t("Four steps: the list, the script, the hours, the start. Nothing is called before you press Start."),
        ),
        Stop(
            "[href='/customer/money']",
            t("Money"),
            t("You pay for calls only. What a call may cost is set aside before it is dialled."),
        ),
        Stop(
            "[href='/customer/people']",
            t("People"),
            t("Managers take the interested contacts, in their page or at their telephone."),
        ),
    ]


STOPS: dict[str, Any] = {"operator": _operator, "manager": _manager, "customer": _customer}
"""By role; each makes its stops anew."""
