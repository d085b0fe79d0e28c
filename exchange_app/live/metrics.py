"""A web process's figures for Prometheus: open pages, and how long a change takes to reach them."""

from prometheus_client import Counter, Gauge, Histogram

from observability.serving import FINE

from . import registry

PUSH = Histogram(
    "exchange_push_seconds",
    "From a change read from the bus until it is on its way to an account's page.",
    buckets=FINE,
)
PATCHES = Counter("exchange_room_patches_total", "Patches sent to rooms of live tables.")
PAGES = Gauge("exchange_pages", "Pages that follow their account's changes.")
PAGES.set_function(lambda: sum(len(registry.tokens(account)) for account in registry.accounts()))
