"""One telephone number as people write it → E.164, or the reason why it cannot be called."""

import re
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult, shortnumberinfo

from exchange_domain.importing.cell_text import western_digits
from exchange_domain.importing.reasons import Reason, UnreadableList

E164 = re.compile(r"\+[1-9]\d{6,14}")
_NOT_DIGITS = re.compile(r"\D+")
_REFUSED_TYPES = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER, PhoneNumberType.VOICEMAIL})
_WORLDWIDE = "001"
"""Region of satellite and worldwide services, dearer than any call of a campaign should be."""
_WORLDWIDE_FREE = 800
# Their numbers stand in each other's lists without the plus, which spreadsheets drop.
_NEIGHBOURS = frozenset({"RU", "BY", "UA", "KZ", "MD", "AM", "AZ", "GE", "KG", "TJ", "TM", "UZ"})
_NEIGHBOUR_CODES = ("7", "375", "380", "373", "374", "994", "995", "996", "992", "993", "998")
_LEAST_AREA = 3
_SHOWN = 60
"""Characters of what was written that a reason repeats."""
_REASON_OF_LENGTH = {
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.TOO_LONG: "too_long",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "no_area_code",
    ValidationResult.INVALID_COUNTRY_CODE: "unknown_country_code",
}


@dataclass(frozen=True, slots=True)
class NumberRules:
    """How numbers without a plus are to be understood. Raises UnreadableList when the rules make no sense."""

    country: str = "RU"
    """Two letters, ISO 3166."""
    default_prefix: str = ""
    """Country and area put before local numbers, such as +7-812; empty: none."""
    prefix_digits: str = field(init=False, default="")
    trunk_prefix: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if self.country not in phonenumbers.SUPPORTED_REGIONS:
            raise UnreadableList("unknown_country", country=self.country)
        object.__setattr__(self, "trunk_prefix", phonenumbers.ndd_prefix_for_region(self.country, True) or "")
        object.__setattr__(self, "prefix_digits", self._prefix())

    def _prefix(self) -> str:
        text = western_digits(self.default_prefix).strip()
        if not text:
            return ""
        if not re.fullmatch(r"(?:\+|00)?[\d\s().-]{1,20}", text):
            raise UnreadableList("bad_default_prefix", prefix=self.default_prefix)
        digits = _NOT_DIGITS.sub("", text)
        code = str(phonenumbers.country_code_for_region(self.country))
        if text.startswith("+"):
            pass
        elif text.startswith("00"):
            digits = digits[2:]
        elif not (_set_off(code, text) or (digits.startswith(code) and len(digits) >= len(code) + _LEAST_AREA)):
            digits = code + self._without_trunk(text, digits)
        if not digits or digits.startswith("0") or len(digits) > 12:
            raise UnreadableList("bad_default_prefix", prefix=self.default_prefix)
        return digits

    def _without_trunk(self, text: str, digits: str) -> str:
        """An area as dialled inside the country, such as 020 or 8-812, without the trunk prefix."""
        trunk = self.trunk_prefix
        # No area begins with 0; other trunk prefixes are told by a sign after them or by an area of three digits.
        if trunk and (digits.startswith("0") or _set_off(trunk, text) or len(digits) == len(trunk) + 3):
            return digits.removeprefix(trunk)
        return digits


def _set_off(start: str, text: str) -> bool:
    """Whether the text begins with just these digits, parted from the next ones by a sign."""
    return re.match(rf"\D*{start}\D", text) is not None


def normalise(text: str, rules: NumberRules) -> str | Reason:
    """The E.164 form of one written number, or the reason against it. E.164 itself stays as it is.

    Local numbers get the default prefix, national ones the country's code; 00 and + begin international ones.
    """
    shown = text.strip()[:_SHOWN]
    plain = western_digits(text)
    digits = _NOT_DIGITS.sub("", plain)
    if not digits:
        return Reason("not_a_number", {"value": shown})
    if len(digits) > 25:
        return Reason("too_long", {"value": shown})
    first_sign = re.search(r"[+\d]", plain)
    international = first_sign is not None and first_sign[0] == "+"
    problem: Reason | None = None
    readings = _readings(digits, international, rules)
    if not international and rules.country in _NEIGHBOURS and _neighbour(digits):
        readings.append("+" + digits)
    for reading in readings:
        found = _judge(reading, shown, rules)
        if isinstance(found, str) or found.code == "premium":
            return found
        problem = problem or found
    if not international and _is_short(digits, rules):
        return Reason("short_number", {"value": shown})
    return problem or Reason("not_valid", {"value": shown, "country": rules.country})


def _readings(digits: str, international: bool, rules: NumberRules) -> list[str]:
    """Readings of the digits, the likeliest first; the first one's reason is told when none is right."""
    if international:
        return ["+" + digits]
    if digits.startswith("00") and len(digits) > 9:
        return ["+" + digits[2:]]
    readings = [digits]
    if rules.prefix_digits:
        with_prefix = "+" + rules.prefix_digits + digits
        has_trunk = bool(rules.trunk_prefix) and digits.startswith(rules.trunk_prefix)
        # Without the trunk prefix it is a local number, however well its digits would do as a national one.
        readings = [digits, with_prefix] if has_trunk or len(digits) > 9 else [with_prefix, digits]
    return readings


def _neighbour(digits: str) -> bool:
    return len(digits) >= 11 and digits.startswith(_NEIGHBOUR_CODES)


def _judge(reading: str, shown: str, rules: NumberRules) -> str | Reason:
    try:
        number = phonenumbers.parse(reading, rules.country)
    except phonenumbers.NumberParseException as error:
        code = {
            phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "unknown_country_code",
            phonenumbers.NumberParseException.TOO_LONG: "too_long",
            phonenumbers.NumberParseException.TOO_SHORT_NSN: "too_short",
            phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
        }.get(error.error_type, "not_a_number")
        return Reason(code, {"value": shown})
    own_code = phonenumbers.country_code_for_region(rules.country)
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE:
        code = _REASON_OF_LENGTH.get(length) or _by_usual_length(number)
        return Reason(code, {"value": shown})
    # A number is valid when it is of some type; asking for both would do the costliest step twice.
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        country = rules.country if number.country_code == own_code else _country(number, rules)
        return Reason("not_valid", {"value": shown, "country": country})
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    worldwide = region == _WORLDWIDE and number.country_code != _WORLDWIDE_FREE
    if worldwide or kind in _REFUSED_TYPES:
        return Reason("premium", {"value": shown})
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not E164.fullmatch(e164):
        return Reason("not_valid", {"value": shown, "country": _country(number, rules)})
    return e164


def _by_usual_length(number: phonenumbers.PhoneNumber) -> str:
    """Countries with numbers of 10 and of 14 digits call 11 neither: told by the usual length."""
    usual = phonenumbers.example_number(phonenumbers.region_code_for_country_code(number.country_code or 0))
    if usual is None:
        return "too_short"
    usual_length = len(phonenumbers.national_significant_number(usual))
    return "too_short" if len(phonenumbers.national_significant_number(number)) < usual_length else "too_long"


def _country(number: phonenumbers.PhoneNumber, rules: NumberRules) -> str:
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return rules.country if region in ("ZZ", _WORLDWIDE) else region


def _is_short(digits: str, rules: NumberRules) -> bool:
    if len(digits) > 6:
        return False
    if shortnumberinfo.is_emergency_number(digits, rules.country):
        return True
    number = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(rules.country), national_number=int(digits)
    )
    return shortnumberinfo.is_valid_short_number_for_region(number, rules.country)
