"""The API alone, for a server process: a test asks it as others will."""

from starlette.applications import Starlette

from exchange_app.api import access, routes
from exchange_app.security.rate_limit import Limit


def application() -> Starlette:
    # Thousands of requests a minute are the point here.
    access.PER_TOKEN = access.UNKNOWN_PER_ADDRESS = Limit("api", 10_000_000, 60)
    return Starlette(routes=routes())
