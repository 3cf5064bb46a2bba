"""A chart as a file of its own: SVG, or PNG drawn from it without a browser."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.html import escape
from resvg_py import svg_to_bytes

from dashboards.charts.shapes import Map, Picture

FONTS = sorted(str(path) for path in (Path(__file__).parent / "fonts").glob("*.ttf"))
LINE, MARGIN = 15, 12
LETTERS_A_LINE = 105
STYLE = """
text{font-family:"Noto Sans",sans-serif;font-size:12px;fill:%(ink)s}
.chart__label,.picture__title{font-weight:700}.picture__title{font-size:15px}
.chart__label--middle{text-anchor:middle;font-size:11px}
.chart__quiet,.picture__note{fill:%(muted)s}.picture__note{font-size:10px}
.chart__small{font-size:9px;text-anchor:middle}.chart__small--key{text-anchor:start}
.chart__axis{stroke:%(control)s}.chart__column{fill:%(delivered)s}
.chart__ground{fill:%(wash)s;stroke:%(line)s}.chart__parallel{stroke:%(line)s}
.fill--step{fill:%(link)s}.fill--evidenced{fill:%(evidenced)s}.fill--delivered{fill:%(delivered)s}
.fill--under-way{fill:%(under-way)s}
.fill--planned{fill:%(paper)s;stroke:%(planned)s;stroke-dasharray:2 2}
.fill--unmet{fill:%(paper)s;stroke:%(unmet)s;stroke-width:2}
"""


@cache
def palette() -> dict[str, str]:
    """The colours of the site by name, from its one style sheet."""
    sheet = Path(str(finders.find("css/app.css"))).read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})", sheet))


def _lines(words: str) -> list[str]:
    """Words broken into lines that fit the picture."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= LETTERS_A_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def svg_of(picture: Picture, facts: str) -> str:
    """The chart as a file that stands alone: title, chart, its sentence, and what it is of."""
    inner = render_to_string(picture.template, {"picture": picture})
    notes = [*_lines(picture.summary), *_lines(facts)]
    if isinstance(picture, Map):
        notes += _lines(picture.notice)
    width = picture.width + 2 * MARGIN
    top = MARGIN + 24
    below = top + picture.height + LINE
    height = below + LINE * len(notes) + MARGIN
    placed = inner.replace(
        "<svg ",
        f'<svg x="{MARGIN}" y="{top}" width="{picture.width}" height="{picture.height}" ',
        1,
    )
    words = "".join(
        f'<text class="picture__note" x="{MARGIN}" y="{below + LINE * place}">{escape(line)}</text>'
        for place, line in enumerate(notes)
    )
    title = f'<text class="picture__title" x="{MARGIN}" y="{MARGIN + 12}">{escape(picture.title)}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><style>{STYLE % palette()}</style>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
        f"{title}</text>{placed}{words}</svg>"
    )


def png_of(picture: Picture, facts: str) -> bytes:
    """The same drawn at twice its size."""
    drawn = svg_to_bytes(
        svg_string=svg_of(picture, facts),
        skip_system_fonts=True,
        font_files=FONTS,
        font_family="Noto Sans",
        zoom=2,
    )
    return bytes(drawn)
