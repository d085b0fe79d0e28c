"""`./run admin carrier | prefix | ceiling | lines | cap`: who carries calls, where to, at what cost, and how much."""

import argparse
import re
from typing import TYPE_CHECKING, Any

from .money import minor_units
from .refusal import AdminRefused, known_customer

if TYPE_CHECKING:
    from exchange_domain.database import Session
    from exchange_domain.tables import Customer

PREFIX = re.compile(r"\+[1-9][0-9]{0,14}")
ROBOTS = "robots"
"""The gateway of practice, which is no carrier's."""
GATEWAY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _carrier(commands)
    prefix = commands.add_parser("prefix", help="which numbers may be dialled, by how they begin")
    prefix.add_argument("--allow", action="append", default=[], type=_prefix, metavar="+7812")
    prefix.add_argument("--disallow", action="append", default=[], type=_prefix, metavar="+7812")
    prefix.add_argument("--customer", metavar="NAME", help="for this customer, within what everybody may")
    ceiling = commands.add_parser("ceiling", help="the most a carrier's minute may cost")
    ceiling.add_argument("--per-minute", type=_sum_or_none, metavar="SUM", help="or: none. Without it: show it")
    ceiling.add_argument("--customer", metavar="NAME", help="for this customer, within everybody's")
    ceiling.add_argument("--currency", default="RUB", type=_currency, metavar="CODE", help="of everybody's ceiling")
    lines = commands.add_parser("lines", help="how many calls a customer may have on the line and begin in a second")
    lines.add_argument("--customer", metavar="NAME", required=True)
    _limits(lines)
    cap = commands.add_parser("cap", help="the most a customer, or one campaign, may spend in a day")
    cap.add_argument("--customer", metavar="NAME", required=True)
    cap.add_argument("--campaign", type=int, metavar="N", help="this campaign of the customer only")
    cap.add_argument("--per-day", type=_sum_or_none, metavar="SUM", help="or: none. Without it: show it")
    for command, function in ((prefix, prefixes), (ceiling, ceilings), (lines, customer_lines), (cap, caps)):
        command.set_defaults(carry_out=function)


def _carrier(commands: Any) -> None:
    carrier = commands.add_parser("carrier", help="enter, change or list carriers; without a name: list them")
    carrier.add_argument("name", nargs="?", type=_gateway, help="the gateway's name in the switch")
    carrier.add_argument(
        "--rate", action="append", default=[], type=_rate, metavar="+7=0.90", help="a minute's price by prefix"
    )
    carrier.add_argument("--no-rate", action="append", default=[], type=_prefix, metavar="+7", help="take one away")
    carrier.add_argument("--position", type=int, metavar="N", help="of equal prices the smaller one goes first")
    carrier.add_argument("--currency", type=_currency, metavar="CODE")
    state = carrier.add_mutually_exclusive_group()
    state.add_argument("--enable", dest="enabled", action="store_true", default=None)
    state.add_argument("--disable", dest="enabled", action="store_false", default=None)
    _limits(carrier)
    carrier.set_defaults(carry_out=carriers)


def _limits(parser: argparse.ArgumentParser) -> None:
    unset = argparse.SUPPRESS
    parser.add_argument("--per-second", type=_per_second, default=unset, metavar="N", help="new calls; or: none")
    parser.add_argument("--at-once", type=_at_once, default=unset, metavar="N", help="calls on the line; or: none")


# --- what they do ---


async def carriers(s: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import carrier_book, routing

    if chosen.name is None:
        if chosen.rate or chosen.no_rate:
            raise AdminRefused("a rate needs the carrier's name")
        return _listed(await carrier_book.entries(s))
    known = await carrier_book.called(s, chosen.name)
    if known is None and not chosen.rate:
        raise AdminRefused(f"there is no carrier {chosen.name!r} yet; a new one needs at least one --rate")
    wanted = {field: getattr(chosen, field) for field in ("enabled", "position", "currency")}
    changes = {field: value for field, value in wanted.items() if value is not None} | _given_limits(chosen)
    made = await carrier_book.set_carrier(s, chosen.name, **changes)
    assert made.id is not None
    await carrier_book.set_rates(s, made.id, dict(chosen.rate))
    missing = [prefix for prefix in chosen.no_rate if not await carrier_book.remove_rate(s, made.id, prefix)]
    if missing:
        raise AdminRefused(f"{chosen.name} has no rate for {', '.join(missing)}")
    again = await routing.reconsider(s)
    rates = await carrier_book.rates_of(s, made.id)
    prices = ", ".join(f"{prefix} {cost / 100:.2f}" for prefix, cost in list(rates.items())[:20])
    more = f" and {len(rates) - 20} more" if len(rates) > 20 else ""
    return f"{_line_of(made)}; a minute in {made.currency}: {prices or 'no rates'}{more}{_waiting(again)}"


async def prefixes(s: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import destinations, routing

    customer = await _customer(s, chosen.customer) if chosen.customer else None
    owner = customer.id if customer else None
    missing = [one for one in chosen.disallow if not await destinations.disallow(s, one, owner)]
    if missing:
        raise AdminRefused(f"{', '.join(missing)} was not allowed before; nothing was changed")
    for one in chosen.allow:
        await destinations.allow(s, one, owner)
    again = await routing.reconsider(s, owner) if chosen.allow or chosen.disallow else 0
    said = await destinations.of_customer(s, owner or 0, customer.country if customer else "")
    everybody = ", ".join(said.platform) or "nothing said"
    own = f"; {customer.name}: {', '.join(said.customer) or 'nothing said'}" if customer else ""
    rest = "" if said.platform or said.customer else " (the calling code of each campaign's country may be dialled)"
    return f"everybody: {everybody}{own}{rest}{_waiting(again)}"


async def ceilings(s: "Session", chosen: argparse.Namespace) -> str:
    from sqlmodel import col, select

    from exchange_domain import carrier_book, routing
    from exchange_domain.tables import PriceCeiling

    customer = await _customer(s, chosen.customer) if chosen.customer else None
    currency, owner = (customer.currency, customer.id) if customer else (chosen.currency, None)
    again = 0
    if chosen.per_minute is not None:
        await carrier_book.set_ceiling(s, currency, chosen.per_minute[0], owner)
        again = await routing.reconsider(s, owner)
    kept = select(PriceCeiling.per_minute).where(
        PriceCeiling.currency == currency, col(PriceCeiling.customer_id).is_not_distinct_from(owner)
    )
    found = (await s.exec(kept)).one_or_none()
    said = "no ceiling" if found is None else f"at most {found / 100:.2f} {currency} a minute"
    return f"{customer.name if customer else 'everybody'}: {said}{_waiting(again)}"


async def customer_lines(s: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import line_limits

    customer = await _customer(s, chosen.customer)
    assert customer.id is not None
    kept = await line_limits.of_customer(s, customer.id)
    values = {
        "calls_per_second": kept.calls_per_second if kept else None,
        "max_concurrent": kept.max_concurrent if kept else None,
    }
    given = _given_limits(chosen)
    if given:
        values |= given
        await line_limits.set_customer(s, customer.id, **values)
    return f"{customer.name}: {_limits_of(values['calls_per_second'], values['max_concurrent'])}"


async def caps(s: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import spend_caps
    from exchange_domain.tables import Campaign

    customer = await _customer(s, chosen.customer)
    assert customer.id is not None
    whose = customer.name
    if chosen.campaign is not None:
        campaign = await s.get(Campaign, chosen.campaign)
        if campaign is None or campaign.customer_id != customer.id:
            raise AdminRefused(f"{customer.name} has no campaign {chosen.campaign}")
        whose = f"{customer.name}, campaign {chosen.campaign}"
    if chosen.per_day is not None:
        await spend_caps.set_cap(s, customer.id, chosen.campaign, chosen.per_day[0])
    kept = await spend_caps.caps_of(s, customer.id, chosen.campaign)
    found = kept.customer if chosen.campaign is None else kept.campaign
    return f"{whose}: " + ("no cap" if found is None else f"at most {found / 100:.2f} {customer.currency} a day")


# --- words ---


def _listed(entries: list[Any]) -> str:
    if not entries:
        return "no carriers: every call goes out through the gateway CARRIER_GATEWAY of the settings"
    return "\n".join(f"{_line_of(e.carrier)}; {e.rates} rates; on the line: {e.on_the_line}" for e in entries)


def _line_of(one: Any) -> str:
    state = "" if one.enabled else ", disabled"
    return f"{one.name} (position {one.position}{state}): {_limits_of(one.calls_per_second, one.max_concurrent)}"


def _limits_of(per_second: float | None, at_once: int | None) -> str:
    first = "any number of new calls a second" if per_second is None else f"{per_second:g} new calls a second"
    return first + (", any number at once" if at_once is None else f", {at_once} at once")


def _waiting(again: int) -> str:
    return f"; contacts that wait again: {again}" if again else ""


def _given_limits(chosen: argparse.Namespace) -> dict[str, Any]:
    given = {"calls_per_second": "per_second", "max_concurrent": "at_once"}
    return {field: getattr(chosen, option) for field, option in given.items() if hasattr(chosen, option)}


async def _customer(s: "Session", name: str) -> "Customer":
    from exchange_domain.tables import Customer

    return await s.get_one(Customer, await known_customer(s, name))


# --- arguments ---


def _prefix(text: str) -> str:
    if not PREFIX.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the beginning of a number such as +7812")
    return text


def _gateway(text: str) -> str:
    if not GATEWAY.fullmatch(text) or text == ROBOTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a gateway")
    return text


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a currency such as RUB")
    return text.upper()


def _rate(text: str) -> tuple[str, int]:
    prefix, equals, price = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate such as +7=0.90")
    return _prefix(prefix), minor_units(price)


def _sum_or_none(text: str) -> tuple[int | None]:
    """In a tuple, so that `none` is told from what was not given."""
    if text.lower() == "none":
        return (None,)
    amount = minor_units(text)
    if not amount:
        raise argparse.ArgumentTypeError("a sum above zero is expected, or: none")
    return (amount,)


def _per_second(text: str) -> float | None:
    if text.lower() == "none":
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0.1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.1 to 1000, nor: none")
    return number


def _at_once(text: str) -> int | None:
    if text.lower() == "none":
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 100000, nor: none")
    return int(text)
