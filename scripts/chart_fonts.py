"""`uv run scripts/chart_fonts.py`: the fonts in which pictures of charts are drawn.

A picture is drawn without a browser, so it needs the two weights of the committed font as files of
their own (`dashboards/charts/fonts/`); run it after the font under `static/fonts/` changed.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools[woff]"]
# ///

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

CLONE = Path(__file__).resolve().parent.parent
SOURCE = CLONE / "static/fonts/noto-sans-latin-wght-normal.woff2"
FAMILY, WINDOWS, UNICODE, ENGLISH = 1, 3, 1, 0x409

for weight in (400, 700):
    font = instantiateVariableFont(TTFont(SOURCE, recalcTimestamp=False), {"wght": weight})
    font["OS/2"].usWeightClass = weight
    font["name"].setName("Noto Sans", FAMILY, WINDOWS, UNICODE, ENGLISH)
    font.flavor = None
    font.save(CLONE / f"dashboards/charts/fonts/noto-sans-{weight}.ttf")
