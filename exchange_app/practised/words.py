"""What lessons are called and ask for, what scores and moments mean, and what helps."""

from typing import Any

import reflex as rx

from exchange_app.design import badge
from exchange_app.i18n import number, t, tn
from exchange_domain.practice.lessons import LESSONS


def seconds(tenths: Any) -> Any:
    """Of tenths of a second."""
    return number(tenths / 10, maximumFractionDigits=1)


def lesson_words() -> dict[str, tuple[Any, Any]]:
    """By key: the name, and what is to be reached."""
    found = {
        "opening": (
            t("The opening"),
            t("Say a word within three seconds of the answer: who you are and why you call. Then write how it ended."),
        ),
        "listening": (
            t("Hearing people out"),
            t("Somebody in a hurry. Let them finish each time, agree when to call back, and write it down."),
        ),
        "objections": (
            t("Objections"),
            t("Somebody who doubts. Answer within three seconds, interrupt once at most, and write how it ended."),
        ),
        "refusal": (
            t("A clear no"),
            t("Somebody who does not want it. Do not argue: hear them out, thank them, write the refusal."),
        ),
        "wrong_number": (
            t("A wrong number"),
            t("You reach a flat. Answer within three seconds, apologise, and write that the number is wrong."),
        ),
        "voicemail": (
            t("A machine answers"),
            t("Notice it and hang up within 25 seconds, then write that nobody answered."),
        ),
    }
    assert list(found) == [lesson.key for lesson in LESSONS]
    return found


def lesson_name(key: Any) -> Any:
    """Empty: the aptitude test."""
    return rx.match(key, *((one, name) for one, (name, _) in lesson_words().items()), t("Aptitude test"))


def lesson_goal(key: Any) -> Any:
    return rx.match(key, *((one, goal) for one, (_, goal) in lesson_words().items()), t("Three calls, as in earnest."))


def score_name(code: Any) -> Any:
    return rx.match(
        code,
        ("clear", t("Clear sound")),
        ("prompt", t("Speaks up at once")),
        ("listens", t("Does not interrupt")),
        ("steady", t("Keeps the talk going")),
        ("pace", t("Pace")),
        ("result", t("Writes the result down")),
        ("script", t("Says what the script asks for")),
        code,
    )


def advice(code: Any) -> Any:
    """What helps with a score below its mark."""
    return rx.match(
        code,
        ("clear", t("Come closer to the microphone or turn it down, and find a quieter room; the sound check shows how "
                    "you are heard.")),
        ("prompt", t("Begin to speak as soon as somebody answers: silence makes people hang up.")),
        ("listens", t("Let the other finish the sentence, then answer.")),
        ("steady", t("When you look for words, say so: “One moment, please.” Long silence sounds like a lost line.")),
        ("pace", t("Three to six syllables a second are comfortable: as you would read aloud to a friend.")),
        ("result", t("Think of what was said last, and choose the result that says so; a call-back gets a day and "
                     "time.")),
        ("script", t("Say all of the opening: the greeting, your name, the firm, that the call is recorded.")),
        "",
    )  # fmt: skip


def moment_words(code: Any, value: Any) -> Any:
    said = seconds(value)
    return rx.match(
        code,
        ("good_start", t("The first word after {s} s.", s=said)),
        ("late_start", t("The first word came only after {s} s.", s=said)),
        ("interrupted", t("Began while the robot was speaking.")),
        ("long_silence", t("Nobody spoke for {s} s.", s=said)),
        ("slow_answer", t("The answer came after {s} s.", s=said)),
        code,
    )


def aim_words(measure: Any, bound: Any) -> Any:
    return rx.match(
        measure,
        ("first_word", t("The first word within {s} s", s=seconds(bound))),
        ("answer_delay", t("Answers within {s} s", s=seconds(bound))),
        ("longest_silence", t("No silence above {s} s", s=seconds(bound))),
        ("interruptions", tn("At most {n} interruption", "At most {n} interruptions", n=bound)),
        ("length", t("The call not longer than {s} s", s=seconds(bound))),
        ("result", t("The result fits the talk")),
        measure,
    )


def aim_value(measure: Any, value: Any, met: Any) -> Any:
    """What was measured, where it is a figure."""
    figure = rx.match(
        measure,
        ("interruptions", number(value)),
        ("result", rx.cond(met, t("yes"), t("no"))),
        t("{s} s", s=seconds(value)),
    )
    return rx.cond(value >= 0, figure, "–")


def standing(code: Any) -> rx.Component:
    """How a run stands, as a badge."""
    return rx.fragment(
        rx.match(
            code,
            ("open", badge(t("Under way"), tone="blue", icon="phone")),
            ("passed", badge(t("Reached"), tone="accent", icon="check")),
            ("below", badge(t("Not yet"), tone="amber", icon="info")),
            ("unheard", badge(t("Not measured"), tone="gray", icon="mic-off")),
            ("confirmed", badge(t("Confirmed"), tone="accent", icon="badge-check")),
            ("returned", badge(t("To be taken again"), tone="amber", icon="repeat")),
            badge(code),
        )
    )
