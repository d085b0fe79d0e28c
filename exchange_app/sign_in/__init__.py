"""The way in: sign-in, sign-out, and joining by invitation."""

from exchange_app.i18n import t, tc
from exchange_app.shell.page import Page

from .join_page import join_page
from .second_page import second_page
from .sign_in_page import sign_in_page
from .state import Join, SecondStep, SignIn


def pages() -> list[Page]:
    return [
        Page("/sign-in", sign_in_page, tc("heading", "Sign in"), frame="bare", on_load=[SignIn.enter]),
        Page("/sign-in/second", second_page, t("One more step"), frame="bare", on_load=[SecondStep.enter]),
        Page("/join/[token]", join_page, t("Invitation"), frame="bare", on_load=[Join.enter]),
    ]
