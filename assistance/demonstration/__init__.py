"""The demonstration world: invented requests and activities for resolution 74/175.

Loaded by `start` or by a command, never in production; every row of it says what it is.
"""
