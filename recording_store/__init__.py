"""Moves recordings from a switch to the storage, and deletes what has to go. Runs on the switch's host."""
