"""Sentences whose text is known only when shown: the import's reasons come as catalogue ids with what to fill in."""

from typing import Any

from reflex.vars import VarData
from reflex_base.vars.base import Var

from exchange_app.i18n import number as figure
from exchange_app.i18n import t

_TRANSLATOR = t("Reason")._get_all_var_data()
"""The hook which every text of a page uses."""


def sentence(message_id: Any, params: Any) -> Any:
    """The catalogue's text of a Var of an id; the ids themselves are named where their table stands."""
    data = VarData.merge(_TRANSLATOR, message_id._get_all_var_data(), params._get_all_var_data())
    return Var(_js_expr=f"t_({message_id!s}, {message_id!s}, {params!s})", _var_data=data).to(str)


def told(what: Any) -> Any:
    """The sentence of a Var of `list_lines.Told`."""
    return sentence(what.id, what.params)


def digits(number: Any) -> Any:
    """A whole number as a text without grouping, for ids and keys."""
    return number.to_string()


def minutes(seconds: Any) -> Any:
    """A length as m:ss."""
    return t("{minutes}:{seconds}", minutes=seconds // 60, seconds=figure(seconds % 60, minimumIntegerDigits=2))
