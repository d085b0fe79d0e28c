"""A stand-in for FreeSWITCH on the event socket: for the demo, tests and load, never for work."""

from switch_simulator.simulator import Simulator

__all__ = ["Simulator"]
