"""A real FreeSWITCH: found, configured in a folder of its own, started and checked."""
