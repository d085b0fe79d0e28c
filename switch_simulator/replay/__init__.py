"""Replays transcripts of a real event socket against the simulator and compares what comes back."""
