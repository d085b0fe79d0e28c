"""Who a SIP user is: the switch asks at each registration and each call of a user (mod_xml_curl)."""

from .endpoint import routes

__all__ = ["routes"]
