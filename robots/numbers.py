"""Telephone numbers that robots answer: each says who answers and in which language, and is used once.

They begin with +999, a code that no country and no service has (ITU-T E.164, list of assigned country codes), so that
no carrier could ever take one for somebody's.
"""

import re

from .persona import LANGUAGES, Persona, personas

CODE = "999"
SERIALS = 10**9
_NUMBER = re.compile(rf"\+?{CODE}(\d)(\d\d)\d{{9}}")


def number_of(persona: Persona, language: str, serial: int) -> str:
    """E.164: the code, the language's place, the persona's number, and nine digits of the serial number."""
    place = LANGUAGES.index(language) + 1
    return f"+{CODE}{place}{persona.number:02}{serial % SERIALS:09}"


def answering(number: str) -> tuple[str, Persona] | None:
    """Language and persona of a robot's number, with or without its plus; None: it is no robot's."""
    found = _NUMBER.fullmatch(number)
    if found is None or not 1 <= int(found.group(1)) <= len(LANGUAGES):
        return None
    persona = next((one for one in personas().values() if one.number == int(found.group(2))), None)
    return None if persona is None else (LANGUAGES[int(found.group(1)) - 1], persona)


def pattern(persona: Persona, language: str) -> str:
    """A regular expression for all numbers of a persona in a language, without the plus."""
    return rf"{CODE}{LANGUAGES.index(language) + 1}{persona.number:02}\d{{9}}"
