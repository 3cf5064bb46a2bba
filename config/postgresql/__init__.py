"""Django's PostgreSQL, which tells row security who looks."""
