"""Paying in: one interface over the providers of money, and the address at which they say what came of it."""

from .providers import NotVerified, Provider, ProviderAway, provider
from .routes import routes

__all__ = ["NotVerified", "Provider", "ProviderAway", "provider", "routes"]
