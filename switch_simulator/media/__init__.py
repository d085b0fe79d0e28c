"""Sound for the simulated switch: browsers by SIP over WebSocket and WebRTC, robots that speak, recordings.

For the demo and for tests; optional, and loaded only when it is asked for. Work is for FreeSWITCH.
"""
