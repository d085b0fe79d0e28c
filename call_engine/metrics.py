"""The engine's figures for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

from observability.serving import FINE

CLAIM = Histogram("exchange_claim_seconds", "A claim of a contact, from the question to its answer.", buckets=FINE)
EVENT_LAG = Histogram(
    "exchange_switch_event_lag_seconds", "From the switch's own time of an event until the engine reads it.",
    buckets=FINE,
)  # fmt: skip
COMMAND_LAG = Histogram(
    "exchange_command_lag_seconds", "From a command's place in the stream until the engine takes it.", buckets=FINE
)
EVENTS = Counter("exchange_switch_events_total", "Events read from the switch.")
COMMANDS = Counter("exchange_commands_total", "Commands taken from the stream.", ["kind"])
REFUSED = Counter("exchange_claims_refused_total", "Claims that gave no contact.", ["code"])
OPERATORS = Gauge("exchange_operators", "Operators whose state the engine holds.")
CONNECTED = Gauge("exchange_switch_connected", "1 while the switch is connected and the lease is held.")
