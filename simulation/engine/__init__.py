"""The simulated shell around the pure core: call_engine/ without I/O, every effect a point at which it can die."""
