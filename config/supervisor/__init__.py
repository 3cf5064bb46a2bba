"""Runs the whole site on one machine, for trying it out: `manage.py start`."""
