"""Drives one FreeSWITCH over its event socket: a pure core and a thin shell."""
