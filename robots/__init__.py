"""Robots that take calls instead of people: in the demo, in training, before the first paid call.

A persona is a file (`personas/NAME.toml`, see README.md). The simulated switch plays it by `switch_simulator.media`,
the real one by a dial plan that `robots.for_switch` makes of the same file.
"""
