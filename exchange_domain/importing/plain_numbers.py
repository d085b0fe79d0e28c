"""Numbers written plainly as in their own country: judged by the country's patterns at once, as most of a list is.

Judging a number in full takes the library a twentieth of a millisecond: a minute for a million. Here only such
numbers are taken for which its own patterns leave one reading; whatever else there is goes the long way, with the
same result for these (tests/importing/test_plain_numbers.py).
"""

import re
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType
from phonenumbers.phonemetadata import PhoneNumberDesc
from phonenumbers.phonenumberutil import is_number_type_geographical
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from exchange_domain.importing.numbers import E164, NumberRules
from exchange_domain.importing.zones import zone_of_number

_PLAIN = re.compile(r"\+?\(?\d[\d ()-]{5,22}\d")
_SIGNS = str.maketrans("", "", " ()-+")
_TYPES = {"fixed": PhoneNumberType.FIXED_LINE, "mobile": PhoneNumberType.MOBILE}


class Kind(StrEnum):
    """What a plain number is; a number that may be either is taken for a fixed one."""

    FIXED = "fixed"
    MOBILE = "mobile"


class PlainNumbers:
    """The plain numbers of one country."""

    def __init__(self, rules: NumberRules):
        code = phonenumbers.country_code_for_region(rules.country)
        self._code, self._trunk = str(code), rules.trunk_prefix
        self._last: tuple[str, Kind | None] = ("", None)
        """A row's number is asked about more than once."""
        self._zones: dict[tuple[Kind, str], str | None] = {}
        regions = phonenumbers.region_codes_for_country_code(code)
        metadata = PhoneMetadata.metadata_for_region(rules.country)
        # The first region of a calling code is asked first: its word is not overruled by another's.
        self._known = metadata if regions and regions[0] == rules.country else None
        if self._known is None:
            return
        self._general = _pattern(self._known.general_desc)
        self._fixed, self._mobile = _pattern(self._known.fixed_line), _pattern(self._known.mobile)
        other = (
            self._known.premium_rate, self._known.toll_free, self._known.shared_cost, self._known.voip,
            self._known.personal_number, self._known.pager, self._known.uan, self._known.voicemail,
        )  # fmt: skip
        patterns = [desc.national_number_pattern for desc in other if desc and desc.national_number_pattern]
        self._others = re.compile("|".join(f"(?:{one})" for one in patterns))
        self._geographical = {kind for kind in Kind if is_number_type_geographical(_TYPES[kind], code)}
        leading = self._known.leading_digits
        self._leading = re.compile(leading) if leading else None

    def e164(self, text: str) -> str | None:
        """The number of a cleaned cell that holds nothing else; None: it is to be read in full."""
        if self._known is None or not text.isascii() or _PLAIN.fullmatch(text) is None:
            return None
        digits = text.translate(_SIGNS)
        if text[0] == "+":
            if "+" in text[1:] or not digits.startswith(self._code):
                return None
            national = digits[len(self._code) :]
        elif "+" in text or digits.startswith("00"):
            return None
        else:
            national = self._national(digits)
        if national is None or (self._trunk and national.startswith(self._trunk)) or self.kind(national) is None:
            return None
        number = f"+{self._code}{national}"
        return number if E164.fullmatch(number) else None

    def _national(self, digits: str) -> str | None:
        """The only reading as a national number, with or without the trunk prefix or the country's code."""
        whole = self._general is not None and self._general.fits(digits)
        starts = [start for start in (self._trunk, self._code) if start and digits.startswith(start)]
        if whole:
            return None if starts else digits
        return digits[len(starts[0]) :] if len(starts) == 1 else None

    def zone_of(self, e164: str) -> str | None:
        """As `zone_of_number`, asked once for all numbers that begin alike."""
        if self._known is not None and e164.startswith("+" + self._code):
            kind = self.kind(e164[1 + len(self._code) :])
            if kind is not None:
                return self._zone(e164, kind)
        return zone_of_number(e164)

    def _zone(self, e164: str, kind: Kind) -> str | None:
        # Where zones do not follow the number, as with most mobile ones, one answer does for all of the kind.
        key = (kind, _zoned_by(e164[1:]) if kind in self._geographical else "")
        if key not in self._zones:
            self._zones[key] = zone_of_number(e164)
        return self._zones[key]

    def kind(self, national: str) -> Kind | None:
        """Of a national number without any prefix; None: not surely a plain one."""
        if national != self._last[0]:
            self._last = national, self._kind(national)
        return self._last[1]

    def _kind(self, national: str) -> Kind | None:
        if self._known is None or self._general is None or not self._general.fits(national):
            return None
        if self._leading is not None and self._leading.match(national) is None:
            return None
        if self._others.fullmatch(national):
            return None
        if self._fixed is not None and self._fixed.fits(national):
            return Kind.FIXED
        return Kind.MOBILE if self._mobile is not None and self._mobile.fits(national) else None


def _zoned_by(digits: str) -> str:
    """The first digits by which the zones of a geographical number are known."""
    for length in range(TIMEZONE_LONGEST_PREFIX, 0, -1):
        if digits[:length] in TIMEZONE_DATA:
            return digits[:length]
    return ""


class _Pattern:
    """One kind's digits and lengths."""

    def __init__(self, desc: PhoneNumberDesc):
        self._digits = re.compile(desc.national_number_pattern or "NA")
        self._lengths = frozenset(desc.possible_length or ())

    def fits(self, national: str) -> bool:
        return (not self._lengths or len(national) in self._lengths) and self._digits.fullmatch(national) is not None


def _pattern(desc: PhoneNumberDesc | None) -> _Pattern | None:
    return None if desc is None or desc.national_number_pattern in (None, "NA") else _Pattern(desc)
