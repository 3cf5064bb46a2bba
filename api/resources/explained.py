"""How a status follows from its rows, and what would turn it green: as the pages say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import unescape
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.html import strip_tags
from rest_framework import serializers
from rest_framework.request import Request

from api.addresses import in_the_api
from api.resources.breakdowns import STATUSES
from api.resources.coverage import WindowSerializer, window_of
from assistance.coverage.figures import Figures
from assistance.coverage.models import Demand, DemandKind, EndedBy
from assistance.coverage.reasons import Act, Reason
from assistance.coverage.status import DEFINITION, STAGES
from assistance.coverage.window import Window
from assistance.models import Verdict
from dashboards.demand_rows import what_is_owed
from dashboards.explained import explained
from dashboards.paragraph_page.green import Missing, Step, steps_to_green
from dashboards.paragraph_page.mend import PAGE, Mend
from dashboards.paragraph_page.owed import EACH, Entry, Owed
from dashboards.paragraph_page.page import paragraph_page
from directory.models import User
from directory.statuses import Status
from mandates.models import Basis, Mandate, MandateKind, Paragraph, ParagraphKind


class DoneForDemandSerializer(serializers.Serializer[Any]):
    """An activity for a demand, with one delivery or before any."""

    activity_url = serializers.URLField()
    delivery_url = serializers.URLField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    counts = serializers.BooleanField(help_text="Whether the delivery serves the demand.")
    verified = serializers.IntegerField(help_text="How much verified evidence shows it.")
    reply = serializers.ChoiceField(
        Verdict.choices, allow_null=True, help_text="What the State last said of it."
    )


class OwedSerializer(serializers.Serializer[Any]):
    """A demand, the days of its stages reached by the last day, and what was done for it."""

    demand = serializers.CharField(help_text="Key of the demand.")
    demand_url = serializers.URLField()
    mandate = serializers.CharField()
    kind = serializers.ChoiceField(DemandKind.choices)
    words = serializers.CharField(help_text="What is owed.")
    states = serializers.ListField(child=serializers.CharField(), help_text="ISO codes.")
    status = serializers.ChoiceField(STATUSES)
    opened_on = serializers.DateField()
    planned_on = serializers.DateField(allow_null=True)
    started_on = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    evidenced_on = serializers.DateField(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    work = DoneForDemandSerializer(many=True)


class EndedSerializer(serializers.Serializer[Any]):
    """A demand that ended within the period, beside those that count."""

    demand = serializers.CharField()
    demand_url = serializers.URLField()
    mandate = serializers.CharField()
    ended_on = serializers.DateField()
    ended_by = serializers.ChoiceField(EndedBy.choices)


class NotCountingSerializer(serializers.Serializer[Any]):
    """Something linked that does not count, its first reason, and the act that mends it."""

    mandate = serializers.CharField()
    reason = serializers.ChoiceField(Reason.choices)
    words = serializers.CharField(help_text="The reason in the language of the call.")
    act = serializers.ChoiceField(Act.choices, allow_null=True)
    item_url = serializers.URLField(allow_null=True)
    activity_url = serializers.URLField(allow_null=True)
    delivery_url = serializers.URLField(allow_null=True)


class StepSerializer(serializers.Serializer[Any]):
    """The next act for a demand that is not delivered and shown."""

    demand = serializers.CharField()
    demand_url = serializers.URLField()
    mandate = serializers.CharField()
    act = serializers.ChoiceField(Missing.choices)
    states = serializers.ListField(child=serializers.CharField(), help_text="Who waits.")
    days = serializers.IntegerField(help_text="Since it was asked, to the last day.")
    planned_on = serializers.DateField(allow_null=True, help_text="Of what is to be held.")


class WhySerializer(serializers.Serializer[Any]):
    """Figures with the rows they follow from, and what would change them."""

    definition = serializers.CharField()
    window = WindowSerializer()
    status = serializers.ChoiceField(Status.choices)
    demands = serializers.IntegerField()
    served = serializers.IntegerField()
    flags = serializers.DictField(child=serializers.IntegerField())
    demands_url = serializers.URLField(help_text="Lists exactly the rows counted.")
    owed = OwedSerializer(
        many=True, help_text=f"The {EACH} of each status that opened first; all are at demands_url."
    )
    ended = EndedSerializer(many=True)
    not_counting = NotCountingSerializer(
        many=True, help_text=f"{PAGE} of them; which ones says the parameter page."
    )
    not_counting_in_all = serializers.IntegerField()
    to_turn_green = StepSerializer(many=True)
    sentence = serializers.CharField(help_text="The same in words, or why there is nothing to do.")


class WhyParagraphSerializer(WhySerializer):
    resolution = serializers.CharField()
    paragraph = serializers.CharField(help_text="Its number; those below it are counted in.")


class ClauseSerializer(serializers.Serializer[Any]):
    language = serializers.CharField()
    words = serializers.CharField()


class TestedSerializer(serializers.Serializer[Any]):
    """One test of the rule; the first that holds gives the status."""

    status = serializers.ChoiceField(STATUSES)
    number = serializers.IntegerField(help_text="How many demands speak for it.")
    holds = serializers.BooleanField()
    decides = serializers.BooleanField(help_text="Whether it is the first that holds.")


class WhyMandateSerializer(WhySerializer):
    mandate = serializers.CharField()
    counted = serializers.BooleanField(help_text="Whether it is the work of UNODC.")
    kind = serializers.ChoiceField(MandateKind.choices)
    basis = serializers.ChoiceField(Basis.choices)
    words = ClauseSerializer(many=True)
    addressees = serializers.ListField(child=serializers.CharField())
    owed_for = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many demands of each kind."
    )
    tests = TestedSerializer(many=True, help_text="Empty where no demand is open.")


class Teller:
    """Turns what the pages read into what is answered."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def address(self, view: str, key: Any) -> str | None:
        """The absolute address of an object; None where there is none."""
        if key is None:
            return None
        return self.request.build_absolute_uri(reverse(f"api:{view}-detail", args=[key]))

    def figures(self, figures: Figures, owed: Sequence[Owed], window: Window) -> dict[str, Any]:
        """The figures, the rows they follow from and what each still takes."""
        return {
            "definition": DEFINITION,
            "window": {"from": window.first, "to": window.last},
            "status": figures.status,
            "demands": figures.demands,
            "served": figures.served,
            "flags": figures.flags,
            "owed": [self.owed(one, window) for one in owed],
            "to_turn_green": [self.step(step) for step in steps_to_green(owed, window)],
        }

    def demand(self, demand: Demand) -> dict[str, Any]:
        """Which demand it is."""
        return {
            "demand": demand.key,
            "demand_url": self.address("demand", demand.key),
            "mandate": demand.mandate.identifier,
        }

    def owed(self, one: Owed, window: Window) -> dict[str, Any]:
        """A demand with its stages and the work for it."""
        days = {name: getattr(one.demand, name) for name in STAGES.values()}
        return {
            **self.demand(one.demand),
            "kind": one.demand.kind,
            "words": what_is_owed(one.demand),
            "states": [country.iso for country in one.countries],
            "status": one.status,
            "opened_on": one.demand.opened_on,
            **{name: day if day and day <= window.last else None for name, day in days.items()},
            "flags": one.flags,
            "work": [self.work(entry) for entry in one.entries if entry.activity],
        }

    def work(self, entry: Entry) -> dict[str, Any]:
        """What was done for a demand."""
        delivery, reply = entry.delivery, entry.reply
        return {
            "activity_url": self.address("activity", entry.activity and entry.activity.pk),
            "delivery_url": self.address("delivery", delivery and delivery.pk),
            "delivered_on": delivery and delivery.on,
            "counts": entry.counts,
            "verified": len(entry.verified),
            "reply": reply and reply.verdict,
        }

    def step(self, step: Step) -> dict[str, Any]:
        """The next act for a demand."""
        return {
            **self.demand(step.owed.demand),
            "act": step.missing,
            "states": [country.iso for country in step.countries],
            "days": step.days,
            "planned_on": step.planned_on,
        }

    def ended(self, found: Iterable[Owed]) -> list[dict[str, Any]]:
        """Demands that ended."""
        return [
            {
                **self.demand(one.demand),
                "ended_on": one.demand.ended_on,
                "ended_by": one.demand.ended_by,
            }
            for one in found
        ]

    def mends(self, found: Iterable[Mend]) -> list[dict[str, Any]]:
        """What is linked and does not count."""
        return [
            {
                "mandate": row.mandate.identifier,
                "reason": row.reason,
                "words": row.words,
                "act": row.act,
                "item_url": self.address("item", row.item and row.item.pk),
                "activity_url": self.address("activity", row.activity and row.activity.pk),
                "delivery_url": self.address("delivery", row.delivery and row.delivery.pk),
            }
            for row in (mend.row for mend in found)
        ]


def _plain(sentence: str) -> str:
    """A sentence of a page without its links."""
    return unescape(strip_tags(sentence))


def why_of_mandate(mandate: Mandate, request: Request, user: User) -> dict[str, Any]:
    """How the status of a mandate follows, step by step, as of `to`."""
    teller = Teller(request)
    window = window_of(mandate.paragraph.resolution, request)
    shown = request.query_params.get("page", "")
    page = explained(mandate, user=user, window=window, page=shown)
    return {
        **teller.figures(page.figures, [line.owed for line in page.lines], window),
        "demands_url": in_the_api(request, page.demands_url),
        "mandate": mandate.identifier,
        "counted": page.figures.counted,
        "kind": page.figures.kind,
        "basis": page.figures.basis,
        "words": [
            {"language": one.language, "words": "".join(part.words for part in one.segments)}
            for one in page.clauses
        ],
        "addressees": [one.entity.code for one in page.addressees if one.entity],
        "owed_for": dict(page.kinds),
        "ended": teller.ended(page.ended),
        "not_counting": teller.mends(page.not_counting),
        "not_counting_in_all": page.not_counting.paginator.count,
        "tests": [
            {
                "status": one.status,
                "number": one.number,
                "holds": one.holds,
                "decides": one is page.holding,
            }
            for one in page.tested
        ],
        "sentence": _plain(page.sentence),
    }


def why_of_paragraph(paragraph: Paragraph, request: Request, user: User) -> dict[str, Any]:
    """What is owed under an operative paragraph over a period, and what would turn it green."""
    if paragraph.kind != ParagraphKind.OPERATIVE:
        raise Http404
    teller = Teller(request)
    window = window_of(paragraph.resolution, request)
    shown = request.query_params.get("page", "")
    page = paragraph_page(paragraph, user=user, window=window, page=shown)
    owed = [one for clause in page.clauses for one in clause.owed]
    return {
        **teller.figures(page.figures, owed, window),
        "demands_url": in_the_api(request, page.rows.demands(paragraph=paragraph.number)),
        "resolution": paragraph.resolution.symbol,
        "paragraph": paragraph.number,
        "ended": teller.ended(page.ended),
        "not_counting": teller.mends(page.not_counting),
        "not_counting_in_all": page.not_counting.paginator.count,
        "sentence": _plain(page.sentence),
    }
