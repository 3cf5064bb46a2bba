"""The database of the tests, for measuring on it."""

from tests.conftest import django_db_setup, english_and_utc, tests_see_all

__all__ = ["django_db_setup", "english_and_utc", "tests_see_all"]
