"""What a column's heading says it holds, in Russian or English."""

import re
import unicodedata
from typing import Literal

Meaning = Literal[
    "company", "name", "name_part", "person", "phone", "perhaps_phone", "time_zone", "city", "counter", "own"
]
"""`perhaps_phone`: only if the values agree. `own`: a column which our own report of rejected rows added."""

_NOT_WORDS = re.compile(r"[\W_]+")


def _headings(*lines: str) -> frozenset[str]:
    """Headings parted by commas, as `normal_heading` writes them."""
    return frozenset(heading.strip() for line in lines for heading in line.split(","))


_BY_HEADING: dict[Meaning, frozenset[str]] = {
    "own": _headings("строка в файле, причина, замечание", "row in the file, reason, warning"),
    "counter": _headings("no, no п п, п п, номер п п, порядковый номер, row, row number, s no, sr no"),
    "time_zone": _headings(
        "часовой пояс, часовая зона, таймзона, тайм зона, временная зона, пояс, разница с москвой, разница с мск, мск",
        "time zone, timezone, tz, utc, gmt, utc offset, gmt offset, zone",
    ),
    "person": _headings(
        "контактное лицо, контактные лица, контактная персона, фио контактного лица, имя контактного лица, лпр",
        "фио лпр, имя лпр, представитель, директор, фио директора, генеральный директор, руководитель",
        "фио руководителя, ответственный, ответственное лицо, сотрудник, владелец, собственник, кого спросить",
        "contact person, contact name, contact full name, primary contact, key contact, decision maker, person",
        "attention, attn, representative, owner, director, manager",
    ),
    "company": _headings(
        "компания, название компании, наименование компании, организация, название организации, фирма, название фирмы",
        "наименование организации, предприятие, юр лицо, юридическое лицо, контрагент, наименование контрагента",
        "заказчик, клиент, название, наименование, бренд, магазин, салон, заведение, учреждение, партнер, абонент",
        "company, company name, firm, firm name, organisation, organization, organisation name, organization name",
        "business, business name, trading name, customer, customer name, client, client name, account, account name",
        "employer, shop, store",
    ),
    "name": _headings(
        "имя, фио, ф и о, имя фамилия, фамилия имя, фамилия имя отчество, имя и фамилия, фамилия и имя, полное имя",
        "имя клиента, фио клиента, контакт, имя контакта, фио контакта, имя абонента, фио абонента, как зовут",
        "лид, покупатель, пациент, ученик",
        "name, names, full name, fullname, person name, display name, contact, lead, lead name, prospect",
    ),
    "name_part": _headings(
        "фамилия, отчество",
        "first name, firstname, last name, lastname, surname, middle name, given name, family name, forename",
    ),
    "city": _headings(
        "город, город клиента, город регион, населенный пункт, нас пункт, регион, область, местоположение",
        "city, city name, town, location, region, state city",
    ),
    "perhaps_phone": _headings(
        "номер, номера, номер контакта, номера контактов, контактный номер, контакты, контактные данные, связь",
        "дополнительно, факс",
        "number, numbers, contact number, contacts, contact details, contact info, fax, direct, direct line, landline",
    ),
}
_PHONE_WORD = re.compile(
    r"(?:телефон\w*|тел|моб|мобильн\w*|сот|сотов\w*|phones?|telephones?|tel|mobiles?|mob|cell|cellphone|cellular|msisdn"
    r"|whatsapp|ватсап|вацап|вотсап|viber|вайбер|phone ?number)"
)
_NOT_PHONE_WORD = re.compile(
    r"(?:id|код|code|дата|date|тип|type|оператор\w*|operator|carrier|добавочн\w*|ext|extension|модель|model|марка"
    r"|комментар\w*|comments?|примечани\w*|notes?|статус|status|email|mail|почта|согласие|consent|страна|country"
    r"|количество|кол|count)"
)


def normal_heading(heading: str) -> str:
    """Words of the heading in small letters, without signs and digits, "е" for "ё"."""
    text = unicodedata.normalize("NFKC", heading).casefold().replace("ё", "е")
    words = (word for word in _NOT_WORDS.sub(" ", text).split() if not word.isdecimal())
    return " ".join(word.rstrip("0123456789") or word for word in words)


def meaning_of(heading: str) -> Meaning | None:
    """What the heading says the column holds; None: nothing special, a field."""
    text = normal_heading(heading)
    if not text or len(text) > 80:
        return None
    for meaning, headings in _BY_HEADING.items():
        if text in headings:
            return meaning
    words = text.split()
    if any(_PHONE_WORD.fullmatch(word) for word in words) and not any(
        _NOT_PHONE_WORD.fullmatch(word) for word in words
    ):
        return "phone" if len(words) <= 6 else "perhaps_phone"
    return None
