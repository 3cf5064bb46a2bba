"""When the demonstration world is refused."""

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_an_installation_without_demonstration_refuses_it(db, settings):
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="does not allow"):
        call_command("load_demonstration")


def test_the_resolution_comes_first(db, settings):
    settings.DEMONSTRATION = True
    with pytest.raises(CommandError, match="load_resolution"):
        call_command("load_demonstration")
