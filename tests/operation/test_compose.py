"""What docker-compose.yml, Dockerfile and the proxy's file refer to exists."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from config.embedded.places import CLONE

COMPOSE: dict[str, Any] = yaml.safe_load((CLONE / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (CLONE / "Dockerfile").read_text()
CADDYFILE = (CLONE / "deploy" / "Caddyfile").read_text()
EXAMPLE = (CLONE / ".env.example").read_text()
WEB_COMMAND = re.sub(r"\s*\\\n\s*", " ", DOCKERFILE).split("CMD ")[1]


def test_it_has_all_parts_of_the_site() -> None:
    assert SERVICES.keys() == {
        *("database", "broker", "roles", "migrate", "web", "worker", "beat", "proxy")
    }


@pytest.mark.parametrize("name", SERVICES)
def test_mounted_files_and_volumes_exist(name: str) -> None:
    for mount in SERVICES[name].get("volumes", []):
        source = mount.split(":")[0]
        assert (CLONE / source).exists() if "/" in source else source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    command = OURS[name].get("command") or yaml.safe_load(WEB_COMMAND)
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    else:
        assert command[0] in {"celery", "granian"}
        assert importlib.util.find_spec(command[0])
        module = command[-1].split(":")[0] if command[0] == "granian" else command[2]
        assert importlib.util.find_spec(module)


@pytest.mark.parametrize("name", SERVICES)
def test_services_wait_for_services_that_exist_and_can_say_that_they_are_ready(
    name: str,
) -> None:
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        if condition["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert SERVICES[other]["restart"] == "no"


def test_every_variable_is_in_the_example_file() -> None:
    text = (CLONE / "docker-compose.yml").read_text() + CADDYFILE
    for variable in re.findall(r"\$\{?([A-Z_]{3,})|\{\$([A-Z_]+)\}", text):
        name = "".join(variable)
        assert name == "HOSTNAME" or re.search(rf"^#{name}=", EXAMPLE, re.MULTILINE), name


def test_every_setting_that_production_demands_is_given() -> None:
    settings = (CLONE / "config" / "settings.py").read_text()
    demanded = set(re.findall(r'^        "([A-Z_]+)",$', settings, re.MULTILINE))
    for name in OURS:
        assert demanded <= OURS[name]["environment"].keys()
    in_image = set(re.findall(r"\b([A-Z_]{3,})=\S", DOCKERFILE.split("RUN MANDATE")[1]))
    assert demanded <= in_image


def test_the_web_knows_no_password_but_its_own_roles() -> None:
    for name in ("web", "worker", "beat"):
        given = str(OURS[name]["environment"])
        assert "DATABASE_OWNER" not in given
        assert "SUPERUSER" not in given


def test_proxy_health_check_and_web_server_agree_on_port_and_path() -> None:
    port = re.search(r'"--port", "(\d+)"', WEB_COMMAND)
    assert port
    assert f"web:{port[1]}" in CADDYFILE
    assert f"EXPOSE {port[1]}" in DOCKERFILE
    probe = OURS["web"]["healthcheck"]["test"]
    assert importlib.util.find_spec(probe[3])
    for path in (probe[4], *re.findall(r"health_uri (\S+)", CADDYFILE)):
        assert resolve(path)


def test_what_is_copied_into_the_image_exists_and_is_let_through() -> None:
    let_through = {
        line[1:] for line in (CLONE / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    copied = [
        source
        for line in DOCKERFILE.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in shlex.split(line)[1:-1]
    ]
    assert set(copied) == let_through
    for source in copied:
        assert (CLONE / source).exists(), source


def test_every_app_is_copied_into_the_image() -> None:
    apps = {path.parent.name for path in CLONE.glob("*/__init__.py")} - {"tests"}
    assert apps <= set(re.findall(r"^COPY (\w+) ", DOCKERFILE, re.MULTILINE))


def test_the_image_does_not_run_as_root() -> None:
    assert re.search(r"^USER mandate$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("USER mandate") < DOCKERFILE.index("CMD ")


def test_volumes_that_the_site_writes_to_belong_to_its_user() -> None:
    owned = re.search(r"chown mandate (.+)", DOCKERFILE)
    assert owned
    for name in OURS:
        for mount in OURS[name]["volumes"]:
            assert str(Path(mount.split(":")[1])) in owned[1].split()
