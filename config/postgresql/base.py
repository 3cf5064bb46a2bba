"""Django's connection to PostgreSQL, which tells row security for whom each statement reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from directory.viewer import Viewer, current_viewer


class DatabaseWrapper(base.DatabaseWrapper):
    """Tells the viewer before the first statement read for it: one short statement a request.

    What was told stays with the session, so it is told again as soon as another viewer reads
    through this connection, and forgotten where the database may have forgotten it or another
    session may stand behind: on a new connection (or one from the pool) and after each rollback,
    which takes settings back too. The owner of the tables is bound by no policy and told nothing:
    there may be no tables yet.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: Viewer | None = None
        self.execute_wrappers.append(self._telling)

    def _telling(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        viewer = current_viewer()
        if viewer != self._told and self._can_be_told():
            with self.wrap_database_errors:
                self.connection.execute(
                    "SELECT viewer_begins(%s, %s)", [viewer.person, viewer.is_system]
                )
            self._told = viewer
        return execute(sql, params, many, context)

    def _can_be_told(self) -> bool:
        """Not the owner, and not in a transaction that can only be rolled back."""
        return (
            not self.settings_dict.get("OWNS_TABLES")
            and not self.needs_rollback
            and self.connection.info.transaction_status != TransactionStatus.INERROR
        )

    def init_connection_state(self) -> None:
        """A new session, or one from the pool that was told of somebody else."""
        self._told = None
        super().init_connection_state()

    def _rollback(self) -> None:
        self._told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None
