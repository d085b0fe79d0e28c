"""Locust scenarios: people of an exchange at work, over the app's own sockets. `./run load` starts all they need."""
