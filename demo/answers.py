"""Plausible answers to a form, as an operator might write them down."""

import random
from datetime import date, timedelta
from typing import Any

from exchange_domain.forms import FormField
from exchange_domain.words import FieldKind

TEXTS = {
    "decides": ("Сама", "Сам", "Вместе с партнёром", "Директор", "Решают на собрании"),
    "address": ("Садовая, 12", "Набережная, 4, вход со двора", "Лесная, 31", "Пушкина, 8, второй этаж"),
}
ANY_TEXT = ("Уточнит при встрече", "Со слов собеседника", "Просит перезвонить накануне")


def plausible(field: FormField, chance: random.Random, today: date) -> Any:
    """An answer that the form's own check takes."""
    match field.kind:
        case FieldKind.NUMBER:
            return str(chance.randrange(40, 400, 10) * 1000)
        case FieldKind.DATE:
            return (today + timedelta(days=chance.randint(4, 14))).isoformat()
        case FieldKind.CHOICE:
            return chance.choice(field.options)
        case FieldKind.CHOICES:
            chosen = chance.sample(field.options, min(len(field.options), chance.choice((1, 1, 2))))
            return [option for option in field.options if option in chosen]
        case FieldKind.YES_NO:
            return chance.random() < 0.6
        case FieldKind.TEXT:
            return chance.choice(TEXTS.get(field.key, ANY_TEXT))


def filled(fields: list[FormField], chance: random.Random, today: date) -> list[tuple[str, Any]]:
    """Answers in the form's order: all that are required, and most of the others."""
    return [(f.key, plausible(f, chance, today)) for f in fields if f.required or chance.random() < 0.7]
