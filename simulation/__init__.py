"""A seeded run of the engine's pure core against a simulated switch, network, database, clock and people."""
