"""Resolution 74/175 in Spanish, as it is loaded in operation."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from mandates.models import Resolution


@pytest.fixture(scope="module")
def resolution(django_db_setup, django_db_blocker, tmp_path_factory):
    """The resolution, loaded once for the module and rolled back after it."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        transaction.atomic(),
    ):
        call_command("load_resolution", verbosity=0)
        yield Resolution.objects.get(symbol="A/RES/74/175")
        transaction.set_rollback(True)
