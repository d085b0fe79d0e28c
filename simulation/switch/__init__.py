"""The simulated switch: what FreeSWITCH does with legs, by its own clock, whether an engine lives or not."""
