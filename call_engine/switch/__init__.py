"""The event socket, and all that knows Genesis or FreeSWITCH's words."""
