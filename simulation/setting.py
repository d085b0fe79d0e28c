"""Who and what a run begins with: customers, campaigns, contacts, managers, operators. Small, so that they meet."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exchange_domain import tariffs
from exchange_domain.clock import ms_of
from exchange_domain.hours import Hours, every_day
from exchange_domain.tables import Tariff
from exchange_domain.words import EndpointKind, Outcome

from .chance import Chance
from .database.database import Database
from .database.rows import Campaign, Contact, Manager, Number

ZONES = ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Vladivostok")
OPENS, CLOSES = time(9), time(18)
DAY = datetime(2026, 9, 14, tzinfo=UTC)
FIRST_OPERATOR, FIRST_MANAGER = 101, 201
CROWDED = 0.25
"""Of so many runs two campaigns have the same one to three people, so that they meet at the same numbers."""
OUTCOMES = (
    Outcome.SUCCESS, Outcome.REFUSED, Outcome.WRONG_NUMBER, Outcome.NO_ANSWER, Outcome.CALL_BACK, Outcome.DO_NOT_CALL,
)  # fmt: skip


def begin(chance: Chance) -> tuple[str, int]:
    """A zone and a moment (ms): some minutes before it opens or closes, or in the middle of its day."""
    zone = chance.pick(ZONES)
    edge = chance.weighted(((15, OPENS), (25, CLOSES), (60, time(13))))
    moment = datetime.combine(DAY.date() + timedelta(days=chance.between(0, 6)), edge, ZoneInfo(zone))
    return zone, ms_of(moment) - chance.between(0, 120_000)


def tariff() -> Tariff:
    return Tariff(
        id=1, currency="RUB", valid_from=DAY - timedelta(days=365), per_answered_call=300, per_minute=900,
        per_success=5_000, operator_share_bp=4_000, operator_per_call=150,
    )  # fmt: skip


def furnish(database: Database, chance: Chance, zone: str, now: int) -> dict[int, tuple[int, ...]]:
    """Fills the tables. Gives the operators, each with the campaigns she may work on."""
    t = database.tables
    crowded = chance.happens(CROWDED)
    number_of_campaigns = 2 if crowded else chance.weighted(((50, 1), (50, 2)))
    managers = tuple(FIRST_MANAGER + n for n in range(chance.between(1, 3)))
    for manager_id in managers:
        by_number = chance.happens(0.2)
        address = f"+7495700{manager_id:04d}" if by_number else f"manager-{manager_id}"
        kind = EndpointKind.NUMBER if by_number else EndpointKind.BROWSER
        t.managers[manager_id] = Manager(manager_id, f"Manager {chr(65 + manager_id % 26)}.", kind, address)
    shared = crowded or chance.happens(0.5)
    for campaign_id in range(1, number_of_campaigns + 1):
        campaign = _campaign(campaign_id, managers, chance, crowded)
        t.campaigns[campaign_id] = campaign
        most = tariffs.most(t.tariff, campaign.longest_call_s)
        database.books.deposit(campaign.customer_id, most * chance.between(2, 20) + chance.between(0, most), "first")
        database.books.deposit(campaign.customer_id, 1, f"opened:{campaign_id}")
        few, many = (1, 3) if crowded else chance.weighted(((20, (2, 5)), (80, (6, 22))))
        _contacts(database, campaign, chance, zone, now, shared, chance.between(few, many))
    operators = [FIRST_OPERATOR + n for n in range(chance.weighted(((45, 2), (35, 3), (20, 4))))]
    everyone = tuple(t.campaigns)
    return {o: everyone if chance.happens(0.5) else (chance.pick(everyone),) for o in operators}


def _campaign(campaign_id: int, managers: tuple[int, ...], chance: Chance, crowded: bool) -> Campaign:
    some = tuple(m for m in managers if chance.happens(0.7)) or (managers if chance.happens(0.8) else ())
    longest_call_s = chance.pick((60, 120, 180) if crowded else (30, 60, 120))
    retries = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.UNREACHABLE, Outcome.DROPPED)
    return Campaign(
        id=campaign_id, customer_id=10 + campaign_id, hours=Hours(every_day(OPENS, CLOSES)),
        managers=some[::-1] if chance.happens(0.5) else some,
        dispositions={campaign_id * 10 + n: outcome for n, outcome in enumerate(OUTCOMES)},
        retry_delay_s={outcome: chance.pick((0, 0, 5, 60, 3_600)) for outcome in retries},
        longest_call_s=longest_call_s, warning_s=longest_call_s // 3, ring_s=chance.pick((5, 15, 30)),
        wrap_up_s=chance.pick((10, 20, 60)), max_attempts=chance.between(1, 5),
        min_gap_s=0 if crowded else chance.pick((0, 0, 5, 60)), recording=chance.happens(0.8),
    )  # fmt: skip


def _contacts(
    database: Database, campaign: Campaign, chance: Chance, zone: str, now: int, shared: bool, count: int
) -> None:
    """With shared numbers two campaigns have the same people; some contacts have two numbers, some an adder."""
    t = database.tables
    for n in range(count):
        contact_id = campaign.id * 1_000 + n
        line = n if shared else campaign.id * 100 + n
        numbers = [Number(contact_id * 10, f"+7812555{line:04d}", 0)]
        if chance.happens(0.25):
            numbers.append(Number(contact_id * 10 + 1, f"+7812666{line:04d}", 1))
        t.contacts[contact_id] = Contact(
            contact_id, campaign.id, f"Contact {contact_id}", zone if chance.happens(0.7) else chance.pick(ZONES),
            now + chance.weighted(((85, 0), (15, 60_000))), tuple(numbers),
            added_by=FIRST_OPERATOR if chance.happens(0.05) else None,
        )  # fmt: skip
