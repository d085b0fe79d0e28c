"""The moment of a call-back, as typed by the contact's own clock. Pure."""

from datetime import UTC, datetime, timedelta

from exchange_domain.hours import zone_of

FARTHEST = timedelta(days=180)


class BadTime(Exception):
    """What is wrong with the moment, as a code: no_time, not_a_time, in_the_past, too_far."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def read(typed: str, zone_name: str, now: datetime) -> datetime:
    """The moment of `YYYY-MM-DDTHH:MM` in a zone, in UTC. Raises BadTime."""
    if not typed.strip():
        raise BadTime("no_time")
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise BadTime("not_a_time") from None
    if local.tzinfo is not None:
        raise BadTime("not_a_time")
    try:
        moment = local.replace(tzinfo=zone_of(zone_name) or UTC).astimezone(UTC)
    except OverflowError:
        raise BadTime("not_a_time") from None
    if moment <= now:
        raise BadTime("in_the_past")
    if moment - now > FARTHEST:
        raise BadTime("too_far")
    return moment
