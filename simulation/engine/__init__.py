"""The simulated shell around the pure core: mailboxes, effects done one by one, restarts. As call_engine/ without I/O."""
