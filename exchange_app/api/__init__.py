"""`/api/v1`: what a customer's own programs do. Documented at /api/v1/openapi.json and in docs/api.md."""

from .application import routes

__all__ = ["routes"]
