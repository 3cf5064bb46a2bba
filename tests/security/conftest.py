"""Says how much was asked of the two walls."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

FOUND: Counter[str] = Counter()


@pytest.fixture
def isolation() -> Counter[str]:
    """How many cases were asked and how many leaked, printed at the end."""
    return FOUND


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many leaked."""
    if FOUND:
        words = ", ".join(f"{number} {name}" for name, number in sorted(FOUND.items()))
        terminalreporter.write_line(f"Isolation of States: {words}")
