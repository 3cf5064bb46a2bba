"""Leaves out tests in a browser on a machine without one, unless it should have one."""

from __future__ import annotations

import os
import shutil

import pytest


def browser_path() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def deselect_without_browser(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests marked `browser` and print their number; in CI that is a failure."""
    if browser_path():
        return
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    if not in_browser:
        return
    message = f"{len(in_browser)} tests need Chromium, which is not installed"
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{message}: in CI they must run.")
    config.hook.pytest_deselected(items=in_browser)
    items[:] = [item for item in items if item not in in_browser]
    config.issue_config_time_warning(UserWarning(f"{message}: left out."), stacklevel=2)
