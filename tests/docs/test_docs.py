"""What the documentation says of the program is so, and nothing is missing from it."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.utils.translation import override

from assistance.coverage.versions import VERSIONS
from config.embedded.places import CLONE
from directory.models import Role
from directory.policy import PERMISSIONS_OF_ROLE, Permission
from tests.api.world import World

OPERATING = (CLONE / "docs" / "operating.md").read_text()
API = (CLONE / "docs" / "api.md").read_text()


def section(heading: str) -> str:
    """The text below a heading of the operator's page."""
    return OPERATING.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    """The rows of the table in a text, without head and rule."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_task_by_the_clock_stands_in_the_table() -> None:
    told = {row[0].strip("`") for row in table(section("## Tasks by the clock"))}
    assert told == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_every_command_stands_in_the_table() -> None:
    told = {
        name
        for row in table(section("## Commands"))
        for name in re.findall(r"`([a-z_]+)[` ]", row[0])
    }
    own = {app.name for app in apps.get_app_configs() if str(CLONE) == str(_root(app))}
    commands = {name for name, app in get_commands().items() if app in own}
    assert told - {"python"} == commands


def _root(app: Any) -> Any:
    return CLONE.__class__(app.path).parents[app.name.count(".")]


def test_who_may_do_what_is_told_as_the_policy_has_it() -> None:
    rows = table(section("## Who may do what"))
    told = {
        (row[0].strip("`"), role)
        for row in rows
        for role, cell in zip(Role.values, row[1:], strict=True)
        if cell == "yes"
    }
    assert [row[0].strip("`") for row in rows] == [permission.value for permission in Permission]
    assert told == {
        (permission.value, role) for role in Role.values for permission in PERMISSIONS_OF_ROLE[role]
    }


def test_the_versions_of_the_definition_are_told() -> None:
    coverage = (CLONE / "docs" / "coverage.md").read_text()
    told = table(coverage.split("\n## Versions\n", 1)[1].split("\n## ", 1)[0])
    with override("en"):
        known = [[v.number, v.since.isoformat(), str(v.changes)] for v in VERSIONS]
    assert told == known


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*CLONE.glob("*.md"), *CLONE.glob("docs/**/*.md"), *CLONE.glob("*/README.md")]
    broken = [
        f"{page.relative_to(CLONE)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.skipif(not shutil.which("curl"), reason="calls are made with curl")
def test_each_call_of_the_api_page_works(served_world: World, live_server: Any) -> None:
    calls = "\n".join(re.findall(r"^```sh\n(.*?)^```", API, re.DOTALL | re.MULTILINE))
    assert calls.count("curl ") == 6
    tokens = {}
    for login in ("officer", "focal-ke"):
        output = StringIO()
        call_command("token", login, stdout=output)
        tokens[login] = output.getvalue().strip()
    for login, token in tokens.items():
        command = f"$(uv run manage.py token {login})"
        assert command in calls
        calls = calls.replace(command, token)
    address = "http://127.0.0.1:8000"
    assert address in calls
    calls = calls.replace(address, live_server.url)
    script = f'curl() {{ command curl --fail-with-body "$@"; }}\nset -eu\n{calls}'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"statuses"' in done.stdout or '"status"' in done.stdout
    assert "Tracing of virtual assets" in done.stdout
