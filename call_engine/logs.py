"""Logs carry ids and words of the field, never names, numbers or what people wrote."""

import logging
import sys

from exchange_domain import program_logs


def set_up() -> None:
    """One line an event, on standard error."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s", force=True)
    # Genesis logs commands and events, numbers included, from its debug level on; its losses are reported here.
    logging.getLogger("genesis").setLevel(logging.CRITICAL)
    program_logs.set_up("engine")
