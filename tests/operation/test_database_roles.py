"""Web, worker and tests connect as a role that owns nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.db import ProgrammingError, connection


def _value(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row and row[0]


@pytest.mark.django_db
def test_tests_run_with_the_rights_of_the_web() -> None:
    assert _value("SELECT current_user") == "mandate_web"


@pytest.mark.django_db
def test_the_web_role_owns_no_table_and_sees_no_rows_by_privilege() -> None:
    assert _value("SELECT count(*) FROM pg_tables WHERE tableowner = 'mandate_web'") == 0
    assert _value("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is (
        False
    )


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["CREATE TABLE mine (id int)", "DROP TABLE directory_user"])
def test_the_web_role_cannot_change_tables(statement: str) -> None:
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_web_role_reads_and_writes_rows() -> None:
    get_user_model().objects.create(username="somebody")
    assert get_user_model().objects.filter(username="somebody").exists()


@pytest.mark.django_db
def test_search_ignores_accents_and_case_as_the_extensions_promise() -> None:
    assert _value("SELECT unaccent('États')") == "Etats"
    assert _value("SELECT similarity('énergie', 'énergies') > 0.5") is True


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_removed_after_the_test() -> None:
    get_user_model().objects.create(username="gone afterwards")


@pytest.mark.django_db
def test_nothing_is_left_of_the_test_before() -> None:
    assert not get_user_model().objects.filter(username="gone afterwards").exists()
