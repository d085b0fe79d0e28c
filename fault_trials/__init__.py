"""Faults on the engine's links to switch, Redis and PostgreSQL while calls are up: what is lost, how long it takes."""
