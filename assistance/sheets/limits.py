"""How much a spreadsheet may hold."""

MAX_MEGABYTES = 25
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
MAX_UNPACKED = 4 * MAX_BYTES
"""A small archive may hold a huge sheet: this much is unpacked, no more."""
MAX_ROWS = 10_000
MAX_COLUMNS = 60
MAX_SHEETS = 20
