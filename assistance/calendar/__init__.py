"""The calendar of a person, read by calendar programs at a private address."""
