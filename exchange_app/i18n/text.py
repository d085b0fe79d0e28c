"""Texts of pages: Vars which React evaluates again when the language (or the state inside) changes."""

import json
from typing import Any

import reflex as rx
from reflex.vars import VarData
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import LiteralVar, Var

from exchange_domain.texts import LANGUAGES


def _hook(name: str, const: str) -> VarData:
    return VarData(
        imports={"$/utils/i18n": [ImportVar(tag=name)]},
        hooks={f"const {const} = {name}()": None},
        deps=[Var(_js_expr=const)],  # event handlers made with useCallback see the new language
    )


_TEXT, _NOW = _hook("useText", "t_"), _hook("useNow", "now_")


def _call(function: str, *args: Any, kind: Any = str) -> Any:
    parts = [LiteralVar.create(a) for a in args]
    data = VarData.merge(_TEXT, *(p._get_all_var_data() for p in parts))
    return Var(_js_expr=f"{function}({', '.join(map(str, parts))})", _var_data=data).to(kind)


def t(msgid: str, /, **values: Any) -> Any:
    """A text in the reader's language, `{name}` filled in by values or Vars."""
    return _call("t_", msgid, msgid, *([values] if values else []))


def tc(context: str, msgid: str, /, **values: Any) -> Any:
    """The same, where one English text has two meanings: `tc("verb", "Call")`."""
    return _call("t_", f"{context}\4{msgid}", msgid, *([values] if values else []))


def tn(one: str, many: str, /, n: Any, **values: Any) -> Any:
    """A text with a number: `tn("{n} call", "{n} calls", n=State.calls)`."""
    return _call("t_.n", one, one, many, n, *([values] if values else []))


def rich(msgid: str, /, **components: Any) -> Any:
    """A text with components in it: `rich("Read {rules} first.", rules=rx.link(...))`."""
    return _call("t_.rich", msgid, msgid, components, kind=rx.Component)


def later(msgid: str, /, **values: Any) -> Any:
    """For what the server sends without knowing the language: `rx.toast.error(later("…"))`."""
    arguments = ", ".join(json.dumps(a) for a in (msgid, msgid, values))
    return Var(_js_expr=f"i18n.t({arguments})").to(str)


def number(value: Any, **options: Any) -> Any:
    """A number in the reader's notation; options of Intl.NumberFormat."""
    return _call("t_.number", value, options)


def money(minor: Any, currency: Any) -> Any:
    """An amount in minor units of a currency."""
    return _call("t_.money", minor, currency)


def date(iso: Any, **options: Any) -> Any:
    """A moment, ISO text or epoch milliseconds; options of Intl.DateTimeFormat. Empty for nothing."""
    return _call("t_.date", iso, options)


def seconds_until(epoch_ms: Var) -> Any:
    """Whole seconds until a moment of the server's clock, counted in the browser; 0 when past."""
    data = VarData.merge(_NOW, epoch_ms._get_all_var_data())
    return Var(_js_expr=f"Math.max(0, Math.ceil(({epoch_ms!s} - now_) / 1000))", _var_data=data).to(int)


def seconds_since(epoch_ms: Var) -> Any:
    """Whole seconds since a moment of the server's clock, counted in the browser; 0 before it."""
    data = VarData.merge(_NOW, epoch_ms._get_all_var_data())
    return Var(_js_expr=f"Math.max(0, Math.floor((now_ - {epoch_ms!s}) / 1000))", _var_data=data).to(int)


HEAD: list[rx.Component] = [
    # Cookie, else the browser's languages, before the first paint; hidden only where it is not the prerendered one.
    rx.el.style(
        ".i18n-wait body{visibility:hidden;animation:i18n 0s 3s forwards}@keyframes i18n{to{visibility:visible}}"
    ),
    rx.el.script(
        f"""(()=>{{const L={json.dumps(LANGUAGES)},c=document.cookie.match(/(?:^|; )lang=(\\w+)/)?.[1],
d=document.documentElement,w=[c,...navigator.languages.map(x=>x.split("-")[0])].find(x=>L.includes(x)||x==="qps")??"en";
if(w!==L[0])d.classList.add("i18n-wait");d.lang=w}})()"""
    ),
]
