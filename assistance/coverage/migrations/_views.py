"""The views of the definition as they stood before their rows were kept."""

from pathlib import Path

SQL = Path(__file__).resolve().parent.parent / "sql"


def text(name: str) -> str:
    """A file of SQL."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


NOT_KEPT = [
    text("delivery_defined"),
    text("demand_defined"),
    (
        "CREATE VIEW coverage_demand WITH (security_invoker = true) "
        "AS SELECT * FROM coverage_demand_defined"
    ),
    text("work_defined"),
    (
        "CREATE VIEW work_without_demand WITH (security_invoker = true) "
        "AS SELECT * FROM work_without_demand_defined"
    ),
]
NO_VIEWS = [
    f"DROP VIEW IF EXISTS {name}"
    for name in (
        "work_without_demand",
        "work_without_demand_defined",
        "coverage_demand",
        "coverage_demand_defined",
        "approved_delivery",
    )
]
