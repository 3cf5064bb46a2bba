"""Charts drawn on the server: their keys and their letters."""

from __future__ import annotations

from dashboards.charts import shapes
from directory.statuses import Status


def test_a_chart_says_in_words_what_its_colours_and_lines_stand_for() -> None:
    counts = {Status.EVIDENCED: 2, Status.DELIVERED: 1, Status.PLANNED: 1, Status.UNMET: 3}
    drawn = shapes.bars("Demands", "All", [shapes.Bar("Here", "3 of 7", shapes.by_status(counts))])
    assert [key.words for key in drawn.keys] == ["Evidenced", "Delivered", "Planned", "Unmet"]
    assert drawn.keys[-1].y + shapes.KEY_ROW <= drawn.height
    plain = shapes.bars("Steps", "All", [shapes.Bar("Asked", "7", [shapes.Segment("step", 7, "")])])
    assert plain.keys == []


def test_letters_on_the_map_cover_no_mark_and_no_other_letters() -> None:
    near = [shapes.Place(str(n), 100 + 9 * n, 100, 3.5, Status.UNMET, "AA") for n in range(3)]
    sides = [place.letters for place in shapes.lettered(near)]
    assert sides == [(88, 100), (109, 91.5), (130, 100)]
    crowd = [
        shapes.Place("", 7 * (n % 5), 7 * (n // 5), 3.5, Status.UNMET, "BB") for n in range(25)
    ]
    assert shapes.lettered(crowd)[12].letters is None
