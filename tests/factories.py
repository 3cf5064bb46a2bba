"""Small true objects for tests: each factory makes one that satisfies every constraint.

Worlds with a meaning (an approved activity that serves an item) are made by the functions at the
end, through plain rows, so that tests of services do not depend on services.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from assistance import models as assistance
from dashboards.report import models as report
from directory import models as directory
from mandates import models as mandates

PASSWORD = "correct horse battery"


def today() -> dt.date:
    """The day in UTC, as the definition of coverage has it."""
    return timezone.now().date()


class CountryFactory(DjangoModelFactory):
    class Meta:
        model = directory.Country
        django_get_or_create = ("iso",)

    iso = factory.Iterator(["KE", "CO", "NE", "PH", "TN", "KZ", "MZ", "PK", "NG", "TG"])
    m49 = factory.LazyAttribute(lambda o: f"{(ord(o.iso[0]) - 65) * 26 + ord(o.iso[1]) - 65:03d}")
    names = factory.LazyAttribute(lambda o: {"en": f"State {o.iso}", "es": f"Estado {o.iso}"})
    sort_keys = factory.LazyAttribute(
        lambda o: {language: o.iso.lower() for language in ("en", "es", "fr")}
    )
    region = "014"


class EntityFactory(DjangoModelFactory):
    class Meta:
        model = directory.Entity
        django_get_or_create = ("code",)

    code = "unodc"
    kind = directory.EntityKind.BODY
    names = factory.LazyAttribute(lambda o: {"en": o.code})


class UnitFactory(EntityFactory):
    code = "tpb"
    kind = directory.EntityKind.UNIT


class StateFactory(DjangoModelFactory):
    """A Member State as an organisation."""

    class Meta:
        model = directory.Organisation
        django_get_or_create = ("country",)

    kind = directory.OrganisationKind.STATE
    country = factory.SubFactory(CountryFactory)
    names = factory.LazyAttribute(lambda o: o.country.names)


class UnodcFactory(DjangoModelFactory):
    class Meta:
        model = directory.Organisation
        django_get_or_create = ("kind",)

    kind = directory.OrganisationKind.UNODC
    names = {"en": "UNODC"}


class RegionalBodyFactory(DjangoModelFactory):
    class Meta:
        model = directory.Organisation

    kind = directory.OrganisationKind.REGIONAL_BODY
    names = {"en": "Regional body"}


class UserFactory(DjangoModelFactory):
    class Meta:
        model = directory.User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")
    display_name = factory.LazyAttribute(lambda o: o.username)
    password = factory.django.Password(PASSWORD)


def person(role: str, organisation: directory.Organisation | None = None, **fields: Any) -> Any:
    """A user with one role; staff of UNODC unless an organisation is given."""
    user = UserFactory(**fields)
    directory.Membership.objects.create(
        user=user, organisation=organisation or UnodcFactory(), role=role
    )
    return user


def officer(**fields: Any) -> Any:
    """A programme officer."""
    return person(directory.Role.PROGRAMME_OFFICER, **fields)


def manager(**fields: Any) -> Any:
    """A manager."""
    return person(directory.Role.MANAGER, **fields)


def focal_point(iso: str = "KE", **fields: Any) -> Any:
    """A focal point of a State."""
    return person(
        directory.Role.FOCAL_POINT, StateFactory(country=CountryFactory(iso=iso)), **fields
    )


class ResolutionFactory(DjangoModelFactory):
    class Meta:
        model = mandates.Resolution
        django_get_or_create = ("symbol",)

    symbol = "A/RES/70/1"
    slug = factory.LazyAttribute(lambda o: o.symbol.replace("/", "-"))
    organ = mandates.Organ.GENERAL_ASSEMBLY
    session = 70
    adopted_on = dt.date(2019, 12, 18)


class TextFactory(DjangoModelFactory):
    class Meta:
        model = mandates.Text
        django_get_or_create = ("resolution", "language")

    resolution = factory.SubFactory(ResolutionFactory)
    language = "en"
    title = "Technical assistance"
    file = "texts/test.txt"
    sha256 = hashlib.sha256(b"test").hexdigest()
    size = 4


class ParagraphFactory(DjangoModelFactory):
    class Meta:
        model = mandates.Paragraph
        django_get_or_create = ("resolution", "kind", "number")

    resolution = factory.SubFactory(ResolutionFactory)
    kind = mandates.ParagraphKind.OPERATIVE
    number = factory.Sequence(lambda n: str(n + 1))
    position = factory.LazyAttribute(
        lambda o: mandates.Paragraph.objects.filter(resolution=o.resolution).count() + 1
    )
    labels = factory.LazyAttribute(lambda o: {"en": f"Paragraph {o.number}"})


class MandateFactory(DjangoModelFactory):
    """A counted mandate, owed on request, unless said otherwise (`addressees=[]`: not counted)."""

    class Meta:
        model = mandates.Mandate
        skip_postgeneration_save = True

    paragraph = factory.SubFactory(ParagraphFactory)
    ordinal = factory.LazyAttribute(lambda o: o.paragraph.mandates.count() + 1)
    identifier = factory.LazyAttribute(
        lambda o: f"{o.paragraph.resolution.symbol}/op{o.paragraph.number}/m{o.ordinal}"
    )
    kind = mandates.MandateKind.ACTION
    basis = mandates.Basis.ON_REQUEST
    labels = factory.LazyAttribute(lambda o: {"en": f"Mandate {o.identifier}"})

    @factory.post_generation
    def addressees(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Entity codes; UNODC when none are given."""
        for code in ["unodc"] if extracted is None else extracted:
            mandates.Facet.objects.create(
                mandate=self, role=mandates.FacetRole.ADDRESSEE, entity=EntityFactory(code=code)
            )


class NeedFactory(DjangoModelFactory):
    class Meta:
        model = mandates.Need

    mandate = factory.SubFactory(MandateFactory, basis=mandates.Basis.STANDING)
    words = "A meeting of experts"
    valid_from = dt.date(2020, 1, 1)
    created_by = factory.SubFactory(UserFactory)

    class Params:
        published = factory.Trait(
            published_by=factory.SubFactory(UserFactory),
            published_at=factory.LazyFunction(timezone.now),
        )


class RequestFactory(DjangoModelFactory):
    """A submitted request of one State with one open item; `state="draft"` for a draft."""

    class Meta:
        model = assistance.AssistanceRequest
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Request {n}")
    organisation = factory.SubFactory(StateFactory)
    state = assistance.RequestStatus.SUBMITTED
    received_on = factory.LazyFunction(lambda: today() - dt.timedelta(days=10))
    reason = "Because"
    logged_by = factory.SubFactory(UserFactory)
    ref = factory.Maybe(
        factory.LazyAttribute(lambda o: o.state != "draft"),
        yes_declaration=factory.Sequence(lambda n: f"TA-2000-{n + 1:05d}"),
        no_declaration=None,
    )

    @factory.post_generation
    def countries(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """The States named; the organisation's own when none are given."""
        for country in extracted or [self.organisation.country]:
            assistance.RequestState.objects.create(request=self, country=country)

    @factory.post_generation
    def with_items(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """How many items; one when not said."""
        for n in range(1, (1 if extracted is None else extracted) + 1):
            ItemFactory(request=self, n=n)


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = assistance.RequestItem

    request = factory.SubFactory(RequestFactory, with_items=0)
    n = factory.LazyAttribute(lambda o: o.request.items.count() + 1)
    words = factory.Sequence(lambda n: f"Help with thing {n}")


class AnswerTemplateFactory(DjangoModelFactory):
    class Meta:
        model = assistance.AnswerTemplate

    kind = assistance.AnswerKind.QUESTION
    name_en = name_es = name_fr = "When"
    words_en = words_es = words_fr = "When would it suit you?"


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = assistance.Activity
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Activity {n}")
    kind = mandates.DeliveryKind.TRAINING
    status = assistance.ActivityStatus.IMPLEMENTATION
    unit = factory.SubFactory(UnitFactory)
    created_by = factory.SubFactory(UserFactory)
    changed_by = factory.SelfAttribute("created_by")
    sent_at = factory.LazyFunction(timezone.now)


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = assistance.Delivery

    activity = factory.SubFactory(ActivityFactory)
    country = factory.SubFactory(CountryFactory)
    on = factory.LazyFunction(lambda: today() - dt.timedelta(days=2))
    kind = mandates.DeliveryKind.TRAINING
    created_by = factory.SelfAttribute("activity.created_by")
    changed_by = factory.SelfAttribute("created_by")


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = assistance.Evidence

    delivery = factory.SubFactory(DeliveryFactory)
    kind = assistance.EvidenceKind.AGENDA
    url = "https://example.org/agenda"
    added_by = factory.SubFactory(UserFactory)


class OfReport(DjangoModelFactory):
    """Something of the report on a resolution over the year 2020, in English."""

    class Meta:
        abstract = True

    resolution = factory.SubFactory(ResolutionFactory)
    first = dt.date(2020, 1, 1)
    last = dt.date(2020, 12, 31)
    language = "en"


class NarrativeFactory(OfReport):
    class Meta:
        model = report.Narrative

    words = "Much was done."
    changed_by = factory.SubFactory(UserFactory)


class ReportFactory(OfReport):
    """A report that was built, with both its files."""

    class Meta:
        model = report.ReportBuild
        skip_postgeneration_save = True

    as_of = dt.date(2020, 12, 31)
    state = report.BuildState.DONE
    percent = 100
    definition = "1.0"
    asked_by = factory.SubFactory(UserFactory)
    finished_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def with_files(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """One of each kind, the same few bytes."""
        for kind in report.FileKind:
            report.ReportFile.objects.create(
                build=self, kind=kind, content=b"%report", size=7, sha256="0" * 64
            )


def approve(thing: Any, *, by: Any = None, on: dt.date | None = None) -> Any:
    """A second person's yes to the present revision of an activity or a delivery."""
    field = "delivery" if isinstance(thing, assistance.Delivery) else "activity"
    return assistance.Approval.objects.create(
        **{field: thing}, revision=thing.revision, by=by or UserFactory(), on=on or today()
    )


def link(left: Any, right: Any, state: str = "confirmed", **fields: Any) -> Any:
    """A link between an item or activity and a mandate, or between an activity and an item."""
    model: Any
    if isinstance(left, assistance.RequestItem):
        model, pair = assistance.ItemMandate, {"item": left, "mandate": right}
    elif isinstance(right, mandates.Mandate):
        model, pair = assistance.ActivityMandate, {"activity": left, "mandate": right}
    else:
        model, pair = assistance.ActivityItem, {"activity": left, "item": right}
    if isinstance(right, mandates.Mandate):
        fields.setdefault("mandate_revision", right.revision)
    if state != "proposed":
        fields.setdefault("decided_at", timezone.now())
        fields.setdefault("decided_by", UserFactory())
    return model.objects.create(**pair, state=state, **fields)


def served_item(iso: str = "KE", *, evidenced: bool = False, **request: Any) -> Any:
    """A demand that was delivered: item, mandate, approved activity, ticked approved delivery."""
    country = CountryFactory(iso=iso)
    asked = RequestFactory(organisation=StateFactory(country=country), **request)
    item = asked.items.get()
    mandate = MandateFactory()
    link(item, mandate)
    activity = ActivityFactory()
    link(activity, mandate)
    link(activity, item)
    approve(activity)
    delivery = DeliveryFactory(activity=activity, country=country)
    assistance.DeliveryItem.objects.create(delivery=delivery, item=item)
    approve(delivery)
    if evidenced:
        EvidenceFactory(delivery=delivery, verified_by=UserFactory(), verified_at=timezone.now())
    return item
