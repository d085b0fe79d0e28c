"""The check of sound before a shift, as a component: it measures in the browser, the server keeps and judges."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

# Said by check.jsx; named here for the catalogue.
_SAID = (
    t("Your calls ring at your telephone."),
    t("There is nothing to check in this page."),
    t("A minute, and you know that they will hear you."),
    t("Please be silent for three seconds."),
    t("Now count aloud from one to ten."),
    t("We call the echo."),
    t("Say something: you should hear yourself."),
    t("Did you hear yourself?"),
    t("We look at the network."),
    t("Good"),
    t("Bearable"),
    t("Bad"),
    t("None"),
    t("You can work."),
    t("Everything is in order."),
    t("Look at what is marked: it can be better."),
    t("Better mend this first."),
    t("Look at what is marked, then check again."),
    t("You are heard well."),
    t("A little too loud: move the microphone away."),
    t("A little quiet: move the microphone nearer."),
    t("Hardly anything is heard: is it the right microphone?"),
    t("It is quiet around you."),
    t("Something is heard: close a door or a window."),
    t("It is loud around you: the contact hears it too."),
    t("Silence"),
    t("Microphone"),
    t("Echo call"),
    t("Result"),
    t("The exchange does not answer."),
    t("The echo call did not come about."),
    t("Check again in a moment."),
    t("The line could not carry sound: try another network, or a telephone in your account."),
    t("Headphones"),
    t("You have heard yourself."),
    t("You have not heard yourself: is it the right speaker?"),
    t("Not tried: the call did not come about."),
    t("Noise around you"),
    t("Network"),
    t("Delay {trip} ms, loss {loss} %, jitter {jitter} ms"),
    t("Not measured: the call did not come about."),
    t("Spare way"),
    t("The exchange has no relay: a strict network may block calls."),
    t("The relay answers: a call outlives a change of network."),
    t("The relay does not answer from here."),
    t("The microphone is not open: press the red button above, it says what to do."),
    t("You are on the line: check after the shift."),
    t("Your line is in another tab."),
    t("Your line is being opened."),
    t("Yes"),
    t("No"),
    t("Check the sound"),
    t("Check again"),
    t("Listen to yourself"),
)
browser_module(__name__, "check.js")


class _SoundCheck(rx.Component):
    library = browser_module(__name__, "check.jsx")
    tag = "SoundCheck"


def sound_check(*after: Any) -> Any:
    """The whole check; `after` are the buttons that lead on from its result. Needs `line_control` on the page."""
    return _SoundCheck.create(*after)
