"""Four more views of the same rows: what they show, to whom, and the files they give."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from openpyxl import load_workbook

from assistance.models import AssistanceRequest, Delivery, Reply
from directory.centres import centres
from directory.models import Country
from mandates.models import Facet, Theme
from tests.factories import (
    CountryFactory,
    MandateFactory,
    ParagraphFactory,
    RequestFactory,
    StateFactory,
    UserFactory,
    focal_point,
    link,
    manager,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
HERE = "/resolutions/A-RES-70-1/"
VIEWS = ("places", "quarters", "steps", "themes")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def two_states() -> Any:
    """Kenya's item, served; Colombia's, open, under the same mandate."""
    item = served_item("KE")
    mandate = item.mandate_links.get().mandate
    colombia = CountryFactory(iso="CO", region="005")
    link(RequestFactory(organisation=StateFactory(country=colombia)).items.get(), mandate)
    return item


def lines(client: Client, view: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"{HERE}{view}/?format=csv&{query}")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    return rows[1 : rows.index([])]


def test_paragraphs_by_region(two_states: Any, sign_in: SignIn) -> None:
    found = lines(sign_in(manager()), "places")
    assert [(row[2], row[3], row[4]) for row in found] == [
        ("Eastern Africa", "1", "1"),
        ("South America", "0", "1"),
    ]


def test_paragraphs_by_state_for_those_who_read_all(two_states: Any, sign_in: SignIn) -> None:
    client = sign_in(manager())
    answer = client.get(f"{HERE}places/?by=state")
    assert {row[0] for row in lines(client, "places", "by=state")} == {"State KE", "State CO"}
    assert "The designations employed" in answer.content.decode()
    marks = answer.context["picture"].places
    assert {mark.label for mark in marks} == {"KE", "CO"}


def test_a_focal_point_sees_its_own_region_and_no_state(two_states: Any, sign_in: SignIn) -> None:
    client = sign_in(focal_point("KE"))
    for query in ("", "by=state", "region=005", "state=CO"):
        assert [row[2] for row in lines(client, "places", query)] == ["Eastern Africa"]
    assert "State CO" not in client.get(f"{HERE}places/?by=state").content.decode()


def test_what_two_states_asked_counts_in_both_regions_and_once_in_all(sign_in: SignIn) -> None:
    item = served_item("KE")
    item.request.states.add(CountryFactory(iso="CO", region="005"))
    page = sign_in(manager()).get(f"{HERE}places/").context["page"]
    assert page.shared == 1
    assert page.matrix.totals.total.number == 1
    assert [cell.number for cell in page.matrix.totals.cells] == [1, 1]
    narrowed = sign_in(manager()).get(f"{HERE}places/?region=005").context["page"]
    assert [head.words for head in narrowed.matrix.columns] == ["South America"]


def test_deliveries_by_quarter_add_up(two_states: Any, sign_in: SignIn) -> None:
    client = sign_in(manager())
    ((paragraph, _label, quarter, number, address),) = lines(client, "quarters")
    assert (paragraph, number) == (two_states.mandate_links.get().mandate.paragraph.number, "1")
    assert str(two_states.deliveries.get().on.year) in quarter
    assert client.get(address).context["page_obj"].paginator.count == 1
    assert sum(int(row[3]) for row in lines(client, "quarters", "show=asked")) == 2
    assert sum(int(row[3]) for row in lines(client, "quarters", "show=served")) == 1
    assert lines(client, "quarters", "state=CO") == []
    assert lines(client, "quarters", "show=nonsense") == lines(client, "quarters")


def test_the_steps_say_where_demands_stay_and_why(two_states: Any, sign_in: SignIn) -> None:
    client = sign_in(manager())
    assert [(row[0], row[2]) for row in lines(client, "steps") if not row[1]] == [
        ("Asked", "2"),
        ("Planned", "1"),
        ("Begun", "1"),
        ("Delivered to each State", "1"),
        ("Confirmed by each State", "0"),
    ]
    delivery = two_states.deliveries.get()
    Reply.objects.create(
        delivery=delivery, country=delivery.country, verdict="confirmed", by=UserFactory()
    )
    assert lines(client, "steps")[-1][2] == "1"
    reasons = [row[1] for row in lines(client, "steps") if row[1]]
    assert reasons == ["The request waits for its first answer"]


def test_demands_by_theme_the_upper_ones_with_those_below(two_states: Any, sign_in: SignIn) -> None:
    upper = Theme.objects.create(code="people", names={"en": "People"}, position=1)
    lower = Theme.objects.create(code="prisons", names={"en": "Prisons"}, parent=upper)
    mandate = two_states.mandate_links.get().mandate
    Facet.objects.create(mandate=mandate, role="theme", theme=lower, source="person")
    other = MandateFactory(paragraph=ParagraphFactory(number="9"))
    link(RequestFactory().items.get(), other)
    client = sign_in(manager())
    assert [(row[0], row[3], row[4]) for row in lines(client, "themes")] == [
        ("People", "1", "2"),
        ("Prisons", "1", "2"),
        ("No theme", "0", "1"),
    ]
    assert [row[0] for row in lines(client, "themes", "theme=prisons")] == ["Prisons"]


def test_the_status_of_a_theme_is_that_of_its_paragraphs(sign_in: SignIn) -> None:
    served = served_item().mandate_links.get().mandate  # before today
    others = MandateFactory(paragraph=ParagraphFactory(number="9"), addressees=["states"])
    for code, mandate in {"people": served, "borders": others}.items():
        theme = Theme.objects.create(code=code, names={"en": code})
        Facet.objects.create(mandate=mandate, role="theme", theme=theme, source="person")
    client = sign_in(manager())
    today_alone = client.get(f"{HERE}themes/?from={today().isoformat()}").content.decode()
    assert f"paragraphs/9/?from={today().isoformat()}" in today_alone
    found = {row[0]: row[1:5] for row in lines(client, "themes", f"from={today().isoformat()}")}
    assert found == {
        "people": [served.paragraph.number, "Delivered", "0", "0"],
        "borders": ["9", "Not UNODC’s", "0", "0"],
    }


def test_files_say_to_what_their_figures_are_narrowed(two_states: Any, sign_in: SignIn) -> None:
    client, focal = sign_in(manager()), sign_in(focal_point("KE"))
    narrowed = f"{HERE}places/?state=CO&region=005"
    file = client.get(f"{narrowed}&format=csv").content.decode()
    assert "Region,South America" in file
    assert "State,State CO" in file
    assert "Region: South America. State: State CO." in (
        client.get(f"{narrowed}&format=svg").content.decode()
    )
    own = "only what the own State or organisation asked for"
    assert own in focal.get(f"{HERE}places/?format=svg").content.decode().replace("\n", " ")
    assert own in focal.get(f"{HERE}?format=csv").content.decode()
    assert own not in client.get(f"{HERE}?format=csv").content.decode()
    for page in ("/coverage/demands/", "/coverage/deliveries/"):
        file = client.get(f"{page}?state=KE&format=csv").content.decode()
        assert "Coverage definition,1.0" in file
        assert "State,State KE" in file


@pytest.mark.parametrize("view", ["", "mandates/", *(f"{view}/" for view in VIEWS)])
def test_what_is_asked_wrongly_is_said_and_gives_no_file(
    two_states: Any, sign_in: SignIn, view: str
) -> None:
    answer = sign_in(manager()).get(f"{HERE}{view}?region=nowhere&format=csv")
    assert answer["content-type"].startswith("text/html")
    assert "There is 1 problem" in answer.content.decode()


def test_states_by_paragraph_name_the_paragraph_in_the_file(
    two_states: Any, sign_in: SignIn
) -> None:
    number = two_states.mandate_links.get().mandate.paragraph.number
    assert {row[2] for row in lines(sign_in(manager()), "places", "by=state")} == {
        f"Paragraph {number}"
    }


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_view_says_so(view: str, sign_in: SignIn) -> None:
    MandateFactory()
    answer = sign_in(manager()).get(f"{HERE}{view}/").content.decode()
    assert "Nothing is counted here." in answer
    assert "glance__sentence" not in answer


@pytest.mark.parametrize("view", [*VIEWS, "places/?by=state", "quarters/?show=served"])
def test_each_chart_has_a_title_a_sentence_and_files(
    two_states: Any, sign_in: SignIn, view: str
) -> None:
    mandate = two_states.mandate_links.get().mandate
    theme = Theme.objects.create(code="people", names={"en": "People <&> all"})
    Facet.objects.create(mandate=mandate, role="theme", theme=theme, source="person")
    client = sign_in(manager())
    address = f"{HERE}{view}{'&' if '?' in view else '/?'}"
    picture = client.get(address).context["picture"]
    svg = client.get(f"{address}format=svg")
    drawing = ElementTree.fromstring(svg.content)  # our own
    inner = drawing.find(f"{SVG}svg")
    assert inner is not None
    assert inner.findtext(f"{SVG}title") == picture.title
    assert inner.findtext(f"{SVG}desc") == picture.summary
    assert "A/RES/70/1, demands since" in svg.content.decode()
    assert client.get(f"{address}format=png").content.startswith(b"\x89PNG")


def test_a_workbook_links_each_figure_and_holds_no_formula(
    two_states: Any, sign_in: SignIn
) -> None:
    two_states.words = "=1+1\x0b"
    two_states.save()
    client = sign_in(manager())
    sheet = load_workbook(io.BytesIO(client.get(f"{HERE}places/?format=xlsx").content)).worksheets[
        0
    ]
    linked = [cell.hyperlink.target for row in sheet.iter_rows(min_row=2) for cell in row[4:5]]
    assert len(linked) == 2
    assert all(one.startswith("http://testserver/coverage/demands/?") for one in linked)
    demands = load_workbook(io.BytesIO(client.get("/coverage/demands/?format=xlsx").content))
    words = [cell for row in demands.worksheets[0].iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in words]
    assert {cell.data_type for cell in words if cell.value == "=1+1"} == {"s"}


def test_filters_are_the_same_in_every_view_and_stay_in_the_address(
    two_states: Any, sign_in: SignIn
) -> None:
    client = sign_in(manager())
    for view in ("", *(f"{view}/" for view in VIEWS)):
        answer = client.get(f"{HERE}{view}?region=014&help=training")
        assert {tag["value"] for tag in answer.context["filter_tags"]} == {
            "Eastern Africa",
            "Training",
        }
        for other in VIEWS:
            assert f"{HERE}{other}/?" in answer.content.decode()
            assert "region=014" in answer.context["rows"].view(f"resolution-{other}")


def test_wrong_days_are_said_and_a_file_of_them_is_refused(sign_in: SignIn) -> None:
    MandateFactory()
    client = sign_in(manager())
    answer = client.get("/coverage/deliveries/?from=2024-05-01&to=2024-01-01&format=csv")
    assert answer["Content-Type"].startswith("text/html")
    assert "must not be before" in answer.content.decode()


def test_the_trend_tells_what_is_new_since_the_quarter_before(
    two_states: Any, sign_in: SignIn
) -> None:
    # Also on the first days of a quarter.
    AssistanceRequest.objects.update(received_on=today())
    Delivery.objects.update(on=today())
    page = sign_in(manager()).get(HERE)
    trend = page.context["page"].trend
    assert (trend.served, trend.asked) == (1, 2)
    assert "the end of the quarter before" in page.content.decode()


def test_every_state_has_a_centre(db: None) -> None:
    states = centres()
    assert all(-90 < point.latitude < 90 for point in states.values())
    assert all(-180 <= point.longitude <= 180 for point in states.values())
    assert {country.iso for country in Country.objects.all()} <= set(states)
    assert len(states) == 195
