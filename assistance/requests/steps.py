"""A request in steps: which there are, and one of them as a page of forms over the draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from assistance import workflow
from assistance.models import AssistanceRequest
from assistance.requests.conflicts import (
    SHOWN,
    Merged,
    Named,
    Values,
    differ,
    merge,
    plain,
    unchanged,
)
from assistance.requests.forms import (
    AboutForm,
    FilesForm,
    ItemFormSet,
    NeedsForm,
    StepForm,
    WhomForm,
    place_errors,
)
from directory.models import User

ITEMS = "items"
PARTS_OF_ITEM = ("words", "themes", "theme_unsure", "help_kinds")


@dataclass(frozen=True)
class Step:
    """A page of the form: its address, its name in the list of steps, what it asks."""

    slug: str
    form: type[StepForm]
    name: Promise
    asks: Promise
    asks_on_behalf: Promise
    has_items: bool = False


STEPS = (
    Step(
        "about",
        AboutForm,
        _("Who asks"),
        _("Who asks, and for what?"),
        _("Who asks, and how did it come?"),
    ),
    Step(
        "needs",
        NeedsForm,
        _("What you need"),
        _("What do you need?"),
        _("What does the State need?"),
        has_items=True,
    ),
    Step(
        "whom",
        WhomForm,
        _("For whom, why and when"),
        _("For whom, why and when?"),
        _("For whom, why and when?"),
    ),
    Step("files", FilesForm, _("Files"), _("Do any files go with it?"), _("The document itself")),
)
BY_SLUG = {step.slug: step for step in STEPS}
CHECK = "check"
"""What comes after the last step; a page of its own."""


def after(step: Step) -> str:
    """The step that follows, by its address."""
    return next((later.slug for later in STEPS[STEPS.index(step) + 1 :]), CHECK)


def step_of(field: str) -> Step:
    """Where a field stands that the workflow names."""
    if field.split(".")[0] == ITEMS:
        return BY_SLUG["needs"]
    return next((step for step in STEPS if field in step.form.base_fields), STEPS[0])


def missing_in(draft: AssistanceRequest) -> dict[str, list[Any]]:
    """What has to be said before the draft can be sent, by field."""
    try:
        workflow.check_complete(draft)
    except ValidationError as error:
        return dict(error.message_dict)
    return {}


class StepPage:
    """One step over a draft, or over none yet, which begins as `first` says; `data` as sent."""

    def __init__(
        self,
        step: Step,
        user: User,
        draft: AssistanceRequest | None,
        data: QueryDict | None = None,
        more: bool = False,
        first: Mapping[str, Any] | None = None,
    ) -> None:
        self.step = step
        self.user = user
        self.draft = draft
        self.data = data
        initial = step.form.initial_of(draft) if draft else first or {}
        self.form = step.form(data, user=user, draft=draft, initial=initial)
        self.items: Any = None
        if step.has_items:
            shown = ItemFormSet.initial_of(draft) if draft else []  # type: ignore[attr-defined]
            self.items = ItemFormSet(
                data, prefix=ITEMS, initial=[*shown, {}] if more or not shown else shown
            )

    @property
    def forms(self) -> list[Any]:
        """All forms of the page."""
        return [self.form, *(self.items.forms if self.items else ())]

    def is_valid(self) -> bool:
        """Whether everything sent can be understood."""
        return self.form.is_valid() and (self.items is None or self.items.is_valid())

    def fields(self) -> Iterator[Named]:
        """Every field a person fills in, those of things with the number of the thing."""
        for number, form in enumerate(self.forms):
            for name, field in form.fields.items():
                if field.show_hidden_initial:
                    label = str(field.label)
                    if number:
                        label = gettext("Thing %(number)d") % {"number": number} + f" · {label}"
                    yield Named(form.add_prefix(name), label, field)

    def saved(self) -> Values:
        """What is saved of this step, as the form would send it."""
        if self.draft is None:
            return {}
        values = {
            name: _as_sent(value) for name, value in self.step.form.initial_of(self.draft).items()
        }
        for index, item in enumerate(self._saved_items()):
            values |= {f"{ITEMS}-{index}-{name}": value for name, value in item.items()}
        return values

    def _saved_items(self) -> list[dict[str, list[str]]]:
        if self.items is None or self.draft is None:
            return []
        return [
            {name: _as_sent(value) for name, value in item.items()}
            for item in ItemFormSet.initial_of(self.draft)  # type: ignore[attr-defined]
        ]

    def as_saved(self) -> StepPage:
        """The page as if what is saved had just been sent, so that errors stand at its fields."""
        data = QueryDict(mutable=True)
        saved = self.saved()
        for name, values in saved.items():
            data.setlist(name, values)
            data.setlist(SHOWN + name, values)
        if self.items is not None:
            count = max(len(self._saved_items()), 1)
            data[f"{ITEMS}-TOTAL_FORMS"], data[f"{ITEMS}-INITIAL_FORMS"] = str(count), "0"
        return StepPage(self.step, self.user, self.draft, data)

    def place(self, error: ValidationError) -> None:
        """Put what the workflow refused at its field."""
        place_errors(error, self.form, self.items)

    def place_missing(self) -> None:
        """Put what is still to be said on this page at its fields."""
        assert self.draft is not None
        self.is_valid()
        for field, words in missing_in(self.draft).items():
            if step_of(field) is self.step:
                self.place(ValidationError({field: words}))

    def merged(self) -> Merged:
        """What was sent, with what somebody saved since the page was shown."""
        assert self.data is not None
        assert self.draft is not None
        data, gone = self.data.copy(), []
        saved = dict(self.saved())
        if self.items is not None:
            saved, gone = self._align(data)
        merged = merge(data, saved, StepPage(self.step, self.user, self.draft, data).fields())
        merged.data["revision"] = str(self.draft.revision)
        merged.taken.extend(gone)
        return merged

    def _align(self, data: QueryDict) -> tuple[dict[str, list[str]], list[str]]:
        """What is saved, at the place each thing has in what was sent; new ones are added there.

        A thing that a colleague took out goes, unless it was changed here: then it stays as new.
        """
        rows = {item["pk"][0]: item for item in self._saved_items()}
        saved: dict[str, list[str]] = {}
        said = []
        total = len(self.items.forms)
        for index in range(total):
            prefix = f"{ITEMS}-{index}-"
            names = [prefix + name for name in PARTS_OF_ITEM]
            pk = data.get(f"{prefix}pk", "")
            row = rows.pop(pk, None)
            if row:
                saved |= {prefix + name: value for name, value in row.items()}
            elif pk:
                data[f"{prefix}pk"] = ""
                words = data.get(f"{prefix}words", "")
                if unchanged(data, names):
                    for name in names:
                        data.setlist(name, [])
                        data.setlist(SHOWN + name, [])
                    said.append(gettext("taken out: “%(words)s”") % {"words": words})
                else:
                    for name in names:
                        data.setlist(SHOWN + name, [])
        for index, row in enumerate(rows.values(), start=total):
            prefix = f"{ITEMS}-{index}-"
            saved |= {prefix + name: value for name, value in row.items()}
            for name, value in row.items():
                data.setlist(prefix + name, value)
                data.setlist(SHOWN + prefix + name, value)
            said.append(gettext("added: “%(words)s”") % {"words": row["words"][0]})
        data[f"{ITEMS}-TOTAL_FORMS"] = str(total + len(rows))
        return saved, said

    @property
    def added(self) -> int:
        """How many things were given one a line, once valid."""
        return len(self.form.lines) if isinstance(self.form, NeedsForm) else 0

    def save(self) -> AssistanceRequest:
        """Write what was sent, where it says anything new; raises what `save_draft` raises."""
        assert self.data is not None
        items = None
        if isinstance(self.form, NeedsForm):
            items = [*self.items.drafts(), *self.form.lines]
        names = [one.name for one in self.fields()]
        if self.draft is not None and not differ(self.data, self.saved(), names):
            return self.draft
        about = self.form if isinstance(self.form, AboutForm) else None
        asking = about.asker if about else self.draft and self.draft.organisation
        assert asking is not None
        return workflow.save_draft(
            user=self.user,
            organisation=asking,
            draft=self.draft,
            revision=self.draft.revision if self.draft else None,
            key=about.cleaned_data["key"] if about and self.draft is None else None,
            items=items,
            language=self.draft.language if self.draft else get_language() or "en",
            **self.form.given(),
        )

    def base(self, saved: AssistanceRequest) -> list[tuple[str, str]]:
        """The hidden fields of the page once it is saved: what it now shows, and the revision."""
        assert self.data is not None
        pairs = [("revision", str(saved.revision))]
        for one in self.fields():
            pairs += [(SHOWN + one.name, value) for value in plain(self.data.getlist(one.name))]
        if self.items is not None:
            keys = iter(saved.items.order_by("n").values_list("pk", flat=True))
            said = {id(form) for form in self.items.said}
            pairs += [
                (form.add_prefix("pk"), str(next(keys)) if id(form) in said else "")
                for form in self.items.forms
            ]
        return pairs


def _as_sent(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]
