"""The simulated database: the rules of exchange_domain, by its own pure functions wherever there are any.

What stands in SQL there is repeated here, each function named for the one it repeats: docs/simulation.md has the table.
"""
