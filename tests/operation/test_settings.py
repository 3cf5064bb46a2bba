"""Each setting is documented, and a wrong one is told in one line."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml

from config.embedded.places import CLONE
from tests.operation.installation import environment

EXAMPLE = (CLONE / ".env.example").read_text()
DOCUMENTED = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
APPS = [path.parent for path in CLONE.glob("*/__init__.py") if path.parent.name != "tests"]
OF_DJANGO = {"DJANGO_SETTINGS_MODULE"}
PRODUCTION = {
    "MANDATE_TRACKER_PRODUCTION": "true",
    "SECRET_KEY": "kmvbw8zr2lq5y7t1x9n4h6j3f0d8s2a5g7p1c4e6u9i3o0kq7r5w2",
    "ALLOWED_HOSTS": "mandates.example.org",
    "MANDATE_TRACKER_BASE_URL": "https://mandates.example.org",
    "DATABASE_URL": "postgresql://mandate_web:secret@localhost/mandate_tracker",
    "CELERY_BROKER_URL": "redis://localhost:6379/0",
    "CACHE_URL": "redis://localhost:6379/1",
    "EMAIL_URL": "smtp://localhost:25",
    "MANDATE_TRACKER_FILES": "/srv/files",
}


def _names_read_from_the_environment() -> Iterator[str]:
    for app in APPS:
        for path in app.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name("env")) | ast.Name("number"),
                        args=[ast.Constant(str(name)), *_],
                    ):
                        yield name
                    case ast.Call(
                        func=ast.Attribute(
                            value=ast.Attribute(attr="environ"),
                            attr="get" | "setdefault",
                        ),
                        args=[ast.Constant(str(name)), *_],
                    ):
                        yield name


def _variables_of_compose() -> set[str]:
    text = (CLONE / "docker-compose.yml").read_text()
    assert yaml.safe_load(text)
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_the_example_file_documents_exactly_the_settings_there_are() -> None:
    required = set(re.findall(r'^        "([A-Z_]+)",$', _source_of_settings(), re.MULTILINE))
    read = set(_names_read_from_the_environment()) | required | _variables_of_compose()
    assert read - OF_DJANGO == DOCUMENTED


def test_files_lie_in_a_folder_or_in_a_bucket() -> None:
    assert (
        _import_settings(MANDATE_TRACKER_FILES="", MANDATE_TRACKER_BUCKET="files").returncode == 0
    )
    refused = _import_settings(MANDATE_TRACKER_FILES="")
    assert "MANDATE_TRACKER_FILES must be set" in refused.stderr


def test_the_example_file_says_something_before_each_setting() -> None:
    blocks = EXAMPLE.split("\n\n")
    for block in blocks:
        lines = block.splitlines()
        if any(re.match(r"#?[A-Z_]+=", line) for line in lines):
            assert re.match(r"# \w", lines[0]), block


def _source_of_settings() -> str:
    return (CLONE / "config" / "settings.py").read_text()


def _import_settings(**changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "version"],
        cwd=CLONE,
        env={**environment(), **PRODUCTION, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
        ({"DATABASE_URL": ""}, "DATABASE_URL must be set in production"),
        ({"CELERY_BROKER_URL": ""}, "CELERY_BROKER_URL must be set in production"),
        ({"MANDATE_TRACKER_DEMONSTRATION": "true"}, "must not be set in production"),
        ({"MANDATE_TRACKER_DEBUG": "true"}, "must not be set in production"),
        ({"DATABASE_URL": "sqlite:///x"}, "must name a PostgreSQL"),
        ({"DATABASE_POOL_SIZE": "many"}, "must be a whole number"),
    ],
)
def test_production_tells_in_one_line_what_it_refuses(
    changes: dict[str, str], message: str
) -> None:
    result = _import_settings(**changes)
    assert result.returncode == 1
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_production_refuses_the_embedded_services() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "start"],
        cwd=CLONE,
        env={**environment(), **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "refuses production settings" in result.stderr


def test_the_deployment_check_finds_nothing_in_production() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=CLONE,
        env={**environment(), **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
