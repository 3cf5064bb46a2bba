"""What other programs read: valid by the schemas of others, and no more than one may see."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from lxml import etree
from rest_framework.test import APIClient

from api.models import ApiToken
from assistance.coverage.status import DEFINITION
from assistance.models import Activity
from directory.models import Entity, User
from mandates.models import FacetRole, Mandate, Paragraph, Resolution, Text, Theme
from tests.factories import (
    ActivityFactory,
    CountryFactory,
    MandateFactory,
    ParagraphFactory,
    TextFactory,
    approve,
    focal_point,
    link,
    manager,
    officer,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
SCHEMAS = Path(__file__).parent / "schemas"
SLUG = "A-RES-74-175"
IATI, PACKAGE = "/activities/iati/", f"/resolutions/{SLUG}/package/"
AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"


def read(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response) if response.streaming else response.content


def valid(content: bytes, schema: str) -> Any:
    """The document, found valid."""
    known = etree.XMLSchema(etree.parse(SCHEMAS / schema))
    root = etree.fromstring(content)
    known.assertValid(root)
    return root


def iati(client: Client, query: str = "") -> Any:
    return valid(read(client, f"{IATI}{query}"), "iati-activities-schema.xsd")


def statement(client: Client, slug: str, language: str) -> Any:
    content = read(client, f"/resolutions/{slug}/akoma-ntoso/{language}/")
    return valid(content, "akomantoso30.xsd").find(f"{AKN}statement")


def tables(content: bytes) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]]]:
    """The description of a data package and its tables, each of the hash and size described."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    about = json.loads(archive.read("datapackage.json"))
    found = {}
    for resource in about["resources"]:
        written = archive.read(resource["path"])
        assert resource["hash"] == f"sha256:{hashlib.sha256(written).hexdigest()}"
        assert resource["bytes"] == len(written)
        rows = list(csv.DictReader(io.StringIO(written.decode())))
        fields = [one["name"] for one in resource["schema"]["fields"]]
        assert all(list(row) == fields for row in rows)
        found[resource["name"]] = rows
    return about, found


def test_an_activity_tells_its_dates_states_subjects_and_mandates(sign_in: SignIn) -> None:
    mandate = MandateFactory()
    for code, dac in (("evidence", "15130"), ("borders", "15190"), ("other", "")):
        theme = Theme.objects.create(
            code=code, names={"en": code}, dac_code=dac, sdg_targets=["16.a"], position=1
        )
        mandate.facets.create(role=FacetRole.THEME, theme=theme)
    activity = ActivityFactory(
        title="Course\x0b on evidence",
        project_code="GLOU40",
        planned_start=dt.date(2020, 1, 2),
        actual_start=dt.date(2020, 1, 3),
        status="2",
    )
    activity.countries.set([CountryFactory(iso=iso) for iso in ("KE", "CO", "NE")])
    link(activity, mandate)
    link(activity, MandateFactory(), "proposed")
    ActivityFactory(planned_start=None, actual_start=None)
    (one,) = iati(sign_in(officer()))

    def attributes(tag: str, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(element.get(name) for name in names) for element in one.iter(tag)]

    assert one.findtext("iati-identifier") == f"XM-DAC-41128-MT-{activity.pk}"
    assert one.findtext("title/narrative") == "Course on evidence"
    assert attributes("reporting-org", "ref", "type") == [("XM-DAC-41128", "40")]
    assert attributes("activity-date", "type", "iso-date") == [
        ("1", "2020-01-02"),
        ("2", "2020-01-03"),
    ]
    assert attributes("recipient-country", "code", "percentage") == [
        ("CO", "33.33"),
        ("KE", "33.33"),
        ("NE", "33.34"),
    ]
    assert attributes("sector", "code", "percentage") == [("15130", "50.00"), ("15190", "50.00")]
    assert attributes("tag", "vocabulary", "code") == [("99", mandate.identifier), ("3", "16.a")]


def test_cost_partners_and_recorded_shares_are_told_to_those_who_read_them(
    sign_in: SignIn, client: Client, settings: Any
) -> None:
    settings.PUBLIC_SITE = True
    activity = ActivityFactory(
        visibility="public",
        planned_start=dt.date(2020, 1, 2),
        planned_end=dt.date(2020, 12, 31),
        cost=Decimal("1500.50"),
        currency="EUR",
    )
    activity.partners.add(Entity.objects.create(code="wco", kind="body", names={"en": "Customs"}))
    with transaction.atomic():
        for iso, share in (("KE", 30), ("CO", 70)):
            activity.country_rows.create(country=CountryFactory(iso=iso), share=share)
    approve(activity)
    (one,) = iati(sign_in(officer()))
    assert [part.get("percentage") for part in one.iter("recipient-country")] == ["70.00", "30.00"]
    assert one.findtext("participating-org[2]/narrative") == "Customs"
    budget = one.find("budget")
    assert budget.find("period-start").get("iso-date") == "2020-01-02"
    assert budget.find("period-end").get("iso-date") == "2020-12-31"
    assert (budget.findtext("value"), budget.find("value").get("currency")) == ("1500.50", "EUR")
    (public,) = iati(client)
    assert public.find("budget") is None
    assert len(public.findall("participating-org")) == 1
    assert {part.get("percentage") for part in public.iter("recipient-country")} == {"50.00"}


@pytest.mark.parametrize(("last", "told"), [("2021-01-01", 1), ("2021-01-02", 0), (None, 0)])
def test_a_cost_over_more_than_a_year_is_no_budget(
    last: str | None, told: int, sign_in: SignIn
) -> None:
    ActivityFactory(planned_start="2020-01-02", planned_end=last, cost=Decimal(1), currency="USD")
    (one,) = iati(sign_in(officer()))
    assert len(one.findall("budget")) == told


def test_what_names_no_state_and_no_theme_is_global_and_multisector(sign_in: SignIn) -> None:
    ActivityFactory(actual_start=today())
    (one,) = iati(sign_in(officer()))
    assert one.find("activity-scope").get("code") == "1"
    assert one.find("recipient-region").get("code") == "998"
    assert one.find("sector").get("code") == "43010"


def test_the_public_and_a_state_get_what_they_may_read(
    sign_in: SignIn, client: Client, settings: Any
) -> None:
    settings.PUBLIC_SITE = True
    public, own, other = (ActivityFactory(actual_start=today()) for _each in range(3))
    public.visibility = "public"
    public.save()
    for activity in (public, own, other):
        approve(activity)
    ActivityFactory(actual_start=today(), visibility="public")  # nobody approved it
    item = served_item("KE")
    link(own, item)

    def titles(reader: Client) -> set[str]:
        return {one.findtext("title/narrative") for one in iati(reader)}

    assert titles(client) == {public.title}
    assert titles(sign_in(focal_point("KE"))) >= {public.title, own.title}
    assert other.title not in titles(sign_in(focal_point("KE")))


def test_a_state_learns_no_more_of_an_internal_activity_than_its_page_tells(
    sign_in: SignIn,
) -> None:
    item, other = served_item("KE"), served_item("CO")
    shared = ActivityFactory(
        description="Also for Colombia", place="Bogotá", planned_start=dt.date(2020, 1, 2)
    )
    theme = Theme.objects.create(
        code="x", names={"en": "x"}, dac_code="15130", sdg_targets=["16.a"], position=1
    )
    asked = other.mandate_links.get().mandate
    asked.facets.create(role=FacetRole.THEME, theme=theme)
    shared.countries.set([CountryFactory(iso=iso) for iso in ("KE", "CO")])
    for thing in (item, other, asked):
        link(shared, thing)
    approve(shared)
    kenya, inside = sign_in(focal_point("KE")), sign_in(officer())

    def told(reader: Client, address: str) -> set[str]:
        said = read(reader, address).decode()
        hidden = (asked.identifier, "16.a", "15130", "Also for Colombia", "Bogot", '"CO"')
        return {one for one in hidden if one in said}

    assert told(inside, IATI) >= {asked.identifier, "16.a", "15130", "Also for Colombia", '"CO"'}
    assert told(kenya, IATI) == set()
    valid(read(kenya, IATI), "iati-activities-schema.xsd")
    api = f"/api/v1/activities/{shared.pk}/"
    assert "Bogotá" in inside.get(api).text
    assert kenya.get(api).json()["description"] == kenya.get(api).json()["place"] == ""
    assert kenya.get(api).json()["countries"] == ["KE"]


def test_lettered_paragraphs_and_repeated_notes_are_written(sign_in: SignIn) -> None:
    text = TextFactory()
    text.footnotes.create(mark="1", position=1, words="See the report.", places=["op1"])
    parent = ParagraphFactory(resolution=text.resolution, number="1")
    for number, above in (("1", None), ("1 (a)", parent), ("1 (b)", parent)):
        paragraph = ParagraphFactory(resolution=text.resolution, number=number)
        paragraph.parent = above
        paragraph.save()
        text.paragraphs.create(
            paragraph=paragraph,
            words=f"Words of {number}",
            emphasis=[[0, 5]],
            footnote_marks=[{"mark": "1", "offset": 5}, {"mark": "9", "offset": 8}],
        )
    found = statement(sign_in(officer()), text.resolution.slug, "en")
    body = found.find(f"{AKN}mainBody")
    assert [num.text for num in body.iter(f"{AKN}num")] == ["1", "(a)", "(b)"]
    assert [num.getparent().get("eId") for num in body.iter(f"{AKN}num")] == [
        "para_1",
        "para_1__subpara_a",
        "para_1__subpara_b",
    ]
    assert len(list(body.iter(f"{AKN}authorialNote"))) == 1
    assert [one.get("href") for one in body.iter(f"{AKN}noteRef")] == ["#note_1"] * 2
    assert [sup.text for sup in body.iter(f"{AKN}sup")] == ["9"] * 3
    assert found.find(f"{AKN}preamble") is None


def test_a_language_that_is_not_loaded_is_not_found(sign_in: SignIn) -> None:
    slug = TextFactory().resolution.slug
    client = sign_in(officer())
    assert client.get(f"/resolutions/{slug}/akoma-ntoso/fr/").status_code == 404


def test_a_state_packs_its_own_rows(sign_in: SignIn) -> None:
    own, other = served_item("KE"), served_item("CO")
    slug = Resolution.objects.get().slug
    about, found = tables(read(sign_in(focal_point("KE")), f"/resolutions/{slug}/package/"))
    assert [row["request"] for row in found["demands"]] == [own.request.ref]
    assert about["totals"]["demands"] == 1
    assert other.request.ref in str(
        tables(read(sign_in(manager()), f"/resolutions/{slug}/package/"))
    )


# With the demonstration world, which stays until the end of the module.


def test_the_activities_of_the_demonstration_are_valid_iati(world: None, sign_in: SignIn) -> None:
    root = iati(sign_in("officer"))
    dated = Activity.objects.exclude(planned_start=None, actual_start=None)
    assert len(root) == dated.count() > 0
    tags = {tag.get("code") for tag in root.iter("tag") if tag.get("vocabulary") == "99"}
    assert tags == set(
        dated.filter(mandate_links__state="confirmed").values_list(
            "mandate_links__mandate__identifier", flat=True
        )
    )
    under_six = iati(sign_in("officer"), f"?resolution={SLUG}&paragraph=6")
    assert 0 < len(under_six) < len(root)


def test_the_resolution_is_valid_akoma_ntoso_with_every_word_once(
    world: None, sign_in: SignIn
) -> None:
    found = statement(sign_in("focal-ke"), SLUG, "es")
    marked = {span.get("title"): span for span in found.iter(f"{AKN}span") if span.get("title")}
    assert set(marked) == set(Mandate.objects.values_list("identifier", flat=True))
    counted = {title for title, span in marked.items() if "counted" in span.get("class").split()}
    assert counted == set(Mandate.objects.counted().values_list("identifier", flat=True))
    concepts = {one.get("eId"): one for one in found.iter(f"{AKN}TLCConcept")}
    for title, span in marked.items():
        assert concepts[span.get("refersTo")[1:]].get("showAs") == title
    text = Text.objects.get()
    notes = {one.get("marker") for one in found.iter(f"{AKN}authorialNote")}
    assert notes == set(text.footnotes.values_list("mark", flat=True))
    for note in list(found.iter(f"{AKN}authorialNote")):
        note.tail, tail = "", note.tail or ""
        before = note.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            note.getparent().text = (note.getparent().text or "") + tail
        note.getparent().remove(note)
    written = ["".join(line.itertext()) for line in found.find(f"{AKN}mainBody").iter(f"{AKN}p")]
    assert written == list(
        text.paragraphs.filter(paragraph__kind="operative")
        .order_by("paragraph__position")
        .values_list("words", flat=True)
    )
    recitals = Paragraph.objects.filter(kind="preambular").count()
    assert len(list(found.iter(f"{AKN}recital"))) == recitals > 0


def test_the_package_counts_as_the_pages_do_and_is_the_same_twice(
    world: None, sign_in: SignIn
) -> None:
    client = sign_in("manager")
    content = read(client, PACKAGE)
    assert read(sign_in("auditor"), PACKAGE) == content
    about, found = tables(content)
    assert about["definition"] == DEFINITION
    shown = client.get(f"/resolutions/{SLUG}/").context["figures"].totals
    assert about["totals"]["demands"] == shown.demands
    assert sum(row["counted"] == "true" for row in found["demands"]) == shown.demands
    assert sum(int(row["served"]) for row in found["mandates"]) == shown.served
    assert any(row["ended_by"] for row in found["demands"])
    with_unit = {row["lead_unit"] for row in found["mandates"]}
    assert "tpb" in with_unit


def test_a_package_of_a_past_period_tells_nothing_of_later(world: None, sign_in: SignIn) -> None:
    about, found = tables(read(sign_in("manager"), f"{PACKAGE}?from=2020-01-01&to=2023-12-31"))
    assert about["window"] == {"from": "2020-01-01", "to": "2023-12-31"}
    for row in found["demands"]:
        for name, value in row.items():
            assert not name.endswith("_on") or value <= "2023-12-31"


def test_the_api_gives_the_same_files(world: None, sign_in: SignIn) -> None:
    _row, token = ApiToken.objects.create(user=User.objects.get(username="manager"), expiry=None)
    api, page = APIClient(), sign_in("manager")
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    root = f"/api/v1/resolutions/{SLUG}"
    query = "?from=2022-01-01&to=2023-12-31"
    assert read(api, f"{root}/package/{query}") == read(page, f"{PACKAGE}{query}")
    texts = read(page, f"/resolutions/{SLUG}/akoma-ntoso/es/")
    assert read(api, f"{root}/akoma-ntoso/") == texts
    assert read(api, f"{root}/akoma-ntoso/?language=es") == texts
    assert api.get(f"{root}/akoma-ntoso/?language=fr").status_code == 404
    assert api.get(f"{root}/package/?to=1999-01-01").json()["errors"]
    under_six = valid(
        read(api, "/api/v1/activities/iati/?paragraph=6"), "iati-activities-schema.xsd"
    )
    assert len(under_six) == len(iati(page, "?paragraph=6"))
