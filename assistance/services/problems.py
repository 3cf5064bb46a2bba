"""Errors that say at which field they stand, and refusals that carry both versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Problems:
    """Collects the problems of one act by field, then raises them together."""

    def __init__(self) -> None:
        self._by_field: dict[str, list[Any]] = defaultdict(list)

    def add(self, field: str, message: Any) -> None:
        """Note a problem at a field."""
        self._by_field[field].append(message)

    def add_all(self, error: ValidationError, prefix: str = "") -> None:
        """Note the problems of another act, their fields prefixed."""
        for field, messages in by_field(error).items():
            self._by_field[f"{prefix}{field}"].extend(messages)

    def clean(
        self, thing: models.Model, exclude: set[str] | None = None, *, in_bulk: bool = False
    ) -> None:
        """Note what the model itself and its constraints object to, once a field.

        What the thing was given as an object is there, and not looked up again. `in_bulk` asks the
        database nothing: what else the thing refers to is as recorded, and the constraints are left
        to the writing.
        """
        there = {
            field.name
            for field in thing._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and (_is_there(field, thing) if field.is_cached(thing) else in_bulk)
        }
        given, before = set(exclude or ()), bool(self._by_field)
        wrong = self._note(lambda: thing.full_clean(there | given, validate_constraints=False))
        if not before and not in_bulk:
            self._note(lambda: thing.validate_constraints(given | wrong))

    def _note(self, check: Callable[[], None]) -> set[str]:
        """Note what a check objects to at fields without a problem; gives all it objects to."""
        try:
            check()
        except ValidationError as error:
            found = by_field(error)
            for field, messages in found.items():
                if field not in self._by_field:
                    self._by_field[field].extend(messages)
            return set(found)
        return set()

    def __bool__(self) -> bool:
        return bool(self._by_field)

    def raise_if_any(self) -> None:
        """Refuse the act when there was a problem."""
        if self._by_field:
            raise ValidationError(dict(self._by_field))


def _is_there(field: models.ForeignKey[Any, Any], thing: models.Model) -> bool:
    """Whether the object a field was given is among those it may be."""
    limits: Any = field.get_limit_choices_to()
    other = getattr(thing, field.name)
    return isinstance(limits, dict) and all(
        getattr(other, name, None) == value for name, value in limits.items()
    )


def by_field(error: ValidationError) -> dict[str, list[Any]]:
    """The messages of an error by field, those of no field under `__all__`."""
    if hasattr(error, "error_dict"):
        return dict(error.error_dict)
    return {NON_FIELD_ERRORS: list(error.error_list)}


class StaleRevision(ValidationError):
    """Somebody saved the same thing since it was read; nothing was changed.

    `current` is the thing as it stands now, `attempted` what the caller wanted to write.
    """

    def __init__(self, current: models.Model, attempted: Mapping[str, Any]) -> None:
        super().__init__(
            _("Somebody changed this while you were writing. Nothing of yours was saved yet."),
            code="stale",
        )
        self.current = current
        self.attempted = attempted
