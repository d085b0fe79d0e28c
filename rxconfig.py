"""Reflex settings. The front end has no address in it: it talks to where it was loaded from (exchange_app/serve.py)."""

import reflex as rx
from reflex_base.constants import StateManagerMode

from exchange_app.build import SameOriginPlugin
from exchange_app.i18n.plugin import TextsPlugin
from exchange_domain.settings import settings

config = rx.Config(
    app_name="exchange_app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    state_manager_mode=StateManagerMode.MEMORY,
    cors_allowed_origins=[settings().public_url.rstrip("/")],
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[
        rx.plugins.RadixThemesPlugin(
            theme=rx.theme(accent_color="teal", gray_color="sand", radius="medium", appearance="inherit")
        ),
        TextsPlugin(),
        SameOriginPlugin(),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
