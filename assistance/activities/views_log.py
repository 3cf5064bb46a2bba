"""`/activities/new/`: an activity with all that belongs to it, logged on one page."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assistance.activities import kept_file
from assistance.activities.answers import Answers, answers_for
from assistance.activities.effect import Draft, outlook
from assistance.activities.forms import LogForm
from assistance.activities.prefill import first_values
from assistance.models import Activity, ActivityStatus
from assistance.services import MandateLink, NewDelivery, NewEvidence, log_activity
from assistance.services.plan import today_utc
from assistance.services.problems import by_field
from directory.guard import reading
from directory.policy import Permission

FIELD_OF = {
    "planned_start": "first",
    "actual_start": "first",
    "planned_end": "last",
    "actual_end": "last",
    "on": "held_on",
    "began_on": "first",
    "country": "countries",
    "file": "file",
    "url": "url",
}
REMEMBERED_FOR = 3600


@reading(Permission.LOG_ACTIVITIES)
def activity_new(request: HttpRequest) -> HttpResponse:
    """The form, empty or with values; what its ticks would do; the activity saved."""
    if request.method != "POST":
        values = first_values(request.GET, request.user)
        form = LogForm(initial={**values, "submission": uuid.uuid4().hex}, user=request.user)
        return _page(request, form, answers_for(values, request.user), values)
    form = LogForm(request.POST, request.FILES, user=request.user)
    # Mandates that come with an item ticked without script are ticked as on the page.
    answers = answers_for(request.POST, request.user)
    if request.POST.get("act") == "refresh":
        form._errors = ErrorDict()  # nothing was sent yet, so nothing is wrong yet
        return _page(request, form, answers)
    if form.is_valid() and (saved := _save_once(request, form, answers)):
        return _after(request, saved)
    if request.FILES.get("file") and "file" not in form.errors:
        form.data = form.data.copy()
        form.data["kept_file"] = kept_file.keep(request.FILES["file"], request.user)
    return _page(request, form, answers)


def _page(
    request: HttpRequest, form: LogForm, answers: Answers, values: dict[str, Any] | None = None
) -> HttpResponse:
    given = request.POST if values is None else values
    return render(
        request,
        "activities/activity_new.html",
        {
            "form": form,
            "answers": answers,
            "outlook": outlook(answers, _draft(form, given)),
            "similar": _similar(request, form),
            "kept_name": kept_file.name_of(form["kept_file"].value() or ""),
            "kept": form["kept_file"].value() or "",
        },
    )


def _value(form: LogForm, name: str) -> Any:
    """A field's value as far as it can be read, without telling of errors."""
    try:
        return form.fields[name].clean(form[name].value())
    except ValidationError:
        return None


def _draft(form: LogForm, given: Any) -> Draft:
    cleaned = {name: _value(form, name) for name in ("status", "first", "last", "held_on", "url")}
    cleaned["nothing_delivered"] = form["nothing_delivered"].value() in (True, "on")
    countries = given.getlist("countries") if hasattr(given, "getlist") else given.get("countries")
    return Draft(
        status=cleaned["status"] or "",
        begun=bool(cleaned["first"] and cleaned["first"] <= today_utc())
        and cleaned["status"] != ActivityStatus.PIPELINE,
        delivered_on=LogForm.delivered_on(cleaned),
        countries=frozenset(countries or ()),
        has_evidence=bool(form.files or cleaned["url"] or form["kept_file"].value()),
    )


def _similar(request: HttpRequest, form: LogForm) -> list[Activity]:
    """Activities that may be the same: same kind and State, days that overlap; or same title."""
    title, first, last = (_value(form, name) for name in ("title", "first", "last"))
    countries = form["countries"].value() or []
    if not title:
        return []
    same = Activity.objects.visible_to(request.user).filter(title__iexact=title)
    if first and countries:
        near = Activity.objects.visible_to(request.user).filter(
            kind=form["kind"].value(),
            countries__iso__in=countries,
            actual_start__lte=last or first,
            actual_end__gte=first,
        )
        same = Activity.objects.filter(Q(pk__in=same.values("pk")) | Q(pk__in=near.values("pk")))
    return list(same.order_by("-created_at")[:3])


def _save_once(request: HttpRequest, form: LogForm, answers: Answers) -> Activity | None:
    """The activity, saved the first time a form is sent; of a double click the same one."""
    word = form.cleaned_data["submission"] or uuid.uuid4().hex
    key = f"activity-logged:{request.user.pk}:{word}"
    if not cache.add(key, 0, REMEMBERED_FOR):
        saved = Activity.objects.filter(pk=cache.get(key) or 0).first()
        if saved is None:
            form.add_error(None, _("This form is being saved; look at the list of activities."))
        return saved
    try:
        activity = _save(request, form, answers)
    except ValidationError as error:
        cache.delete(key)
        _show_at_fields(form, error)
        return None
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, activity.pk, REMEMBERED_FOR)
    kept_file.forget(form.cleaned_data["kept_file"])
    return activity


def _save(request: HttpRequest, form: LogForm, answers: Answers) -> Activity:
    cleaned = form.cleaned_data
    countries = list(cleaned["countries"])
    return log_activity(
        by=request.user,
        countries=countries,
        mandates=[MandateLink(one.mandate, one.weight) for one in answers.ticked_mandates],
        items=list(cleaned["items"]),
        deliveries=_deliveries(request, form, countries),
        send=request.POST.get("act") != "draft",
        language=get_language() or "en",
        **form.plan(),
    )


def _deliveries(request: HttpRequest, form: LogForm, countries: list[Any]) -> list[NewDelivery]:
    """The delivery of the form: one to each State named, or one to none."""
    cleaned = form.cleaned_data
    day = LogForm.delivered_on(cleaned)
    if day is None:
        return []
    file = cleaned["file"] or kept_file.kept(cleaned["kept_file"], request.user)
    evidence = []
    if file or cleaned["url"]:
        evidence = [NewEvidence(cleaned["evidence_kind"], file=file, url=cleaned["url"])]
    first = cleaned["first"]
    whole = first and first < day and day == cleaned["last"]
    return [
        NewDelivery(
            on=day,
            began_on=first if whole else None,
            country=country,
            needs=list(cleaned["needs"]),
            evidence=evidence,
            **form.counts_of(country),
        )
        for country in countries or [None]
    ]


def _show_at_fields(form: LogForm, error: ValidationError) -> None:
    for field, problems in by_field(error).items():
        name = field.rsplit(".", 1)[-1]
        name = FIELD_OF.get(name, name)
        if ".evidence." in field and name == "kind":
            name = "evidence_kind"
        for problem in problems:
            if not form.has_error(name) or name not in form.fields:
                form.add_error(name if name in form.fields else None, problem)


def _after(request: HttpRequest, activity: Activity) -> HttpResponse:
    if activity.sent_at is None:
        messages.success(
            request, _("Kept as a draft. Nothing counts until it is sent and approved.")
        )
    else:
        messages.success(request, _("Sent for approval: “%(title)s”.") % {"title": activity.title})
    if request.POST.get("act") == "next":
        return redirect(f"{reverse('activity-new')}?after={activity.pk}")
    return redirect("activity", pk=activity.pk)
