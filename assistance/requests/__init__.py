"""Pages for asking, reading and working on requests."""
