"""Links from a figure to its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assistance.coverage.filters import Flow, rows_of
from assistance.coverage.flags import Flag
from assistance.coverage.models import Closing
from assistance.coverage.window import Window
from mandates.models import Resolution


def address(name: str, *args: Any, **query: Any) -> str:
    """The address of a page with a query; parameters without a value are left out."""
    kept = {key: value for key, value in query.items() if value not in (None, "")}
    path = reverse(name, args=args)
    return f"{path}?{urlencode(kept)}" if kept else path


def figure_link(number: int, url: str, words: str = "", css: str = "") -> SafeString:
    """A number that opens its rows, alone or within words; a nought stays plain."""
    shown = words or number_format(number, use_l10n=True, force_grouping=True)
    if not url or not number:
        return format_html('<span class="{}">{}</span>', css, shown)
    return format_html(
        '<a class="{}" href="{}" data-figure="{}">{}</a>', css or "figure", url, number, shown
    )


class Rows:
    """The addresses of the rows that a resolution's figures of a period count."""

    def __init__(
        self, resolution: Resolution, window: Window, narrowing: Mapping[str, str] | None = None
    ) -> None:
        self.resolution = resolution
        self.window = window
        self.narrowing = dict(narrowing or {})

    def _query(self, **narrow: str | Sequence[str]) -> str:
        wanted: dict[str, Any] = {**self.narrowing, **narrow}
        return rows_of(self.window, resolution=self.resolution, **wanted)

    def demands(self, **narrow: str | Sequence[str]) -> str:
        """The list of demands."""
        return f"{reverse('demand-list')}?{self._query(**narrow)}"

    def demands_on(self, day: dt.date, **narrow: str) -> str:
        """The list of demands as the same period stood on an earlier last day."""
        return Rows(self.resolution, replace(self.window, last=day), self.narrowing).demands(
            **narrow
        )

    def deliveries(self, window: Window | None = None, **narrow: str) -> str:
        """The list of deliveries that count, of the period or of a part of it."""
        within = Rows(self.resolution, window or self.window, self.narrowing)
        return f"{reverse('coverage-deliveries')}?{within._query(**narrow)}"

    def made(self, **narrow: str) -> str:
        """The list of deliveries of the period, also of those that no demand stands for."""
        return self.deliveries(made="true", **narrow)

    def happened(self, flow: Flow, window: Window, **narrow: str) -> str:
        """The demands that were asked, or first served, within a part of the period."""
        within = Rows(self.resolution, window, self.narrowing)
        return within.demands(flow=flow.value, **narrow)

    def flagged(self, flag: Flag, **narrow: str) -> str:
        """The rows that carry a flag: demands, or work without one."""
        page = "demand-list" if flag.of_demands else "unlinked-list"
        return f"{reverse(page)}?{self._query(flag=flag.value, **narrow)}"

    def view(self, name: str, **narrow: str) -> str:
        """Another view of the same figures."""
        return self._own(name, **narrow)

    def _own(self, name: str, **narrow: str) -> str:
        days = {"from": self.window.first.isoformat(), "to": self.window.last.isoformat()}
        return address(name, self.resolution.slug, **{**days, **self.narrowing, **narrow})

    def mandates(self, **narrow: str) -> str:
        """The list of this resolution's mandates."""
        return self._own("mandate-list", **narrow)

    def paragraphs(self, **narrow: str) -> str:
        """The table of this resolution's paragraphs."""
        return self._own("resolution", **narrow) + "#paragraphs"

    def package(self) -> str:
        """The data package of this period."""
        days = {"from": self.window.first.isoformat(), "to": self.window.last.isoformat()}
        return address("resolution-package", self.resolution.slug, **days)

    def paragraph(self, number: str) -> str:
        """The page of a paragraph, over the same period."""
        path = reverse("paragraph", args=[self.resolution.slug, number])
        days = {"from": self.window.first.isoformat(), "to": self.window.last.isoformat()}
        return f"{path}?{urlencode({**days, **self.narrowing})}"


class ClosedRows(Rows):
    """The addresses of the frozen rows that the figures of a closed period count."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.resolution, Window(closing.first, closing.last))
        self.keeps_deliveries = closing.keeps_deliveries
        self.page = reverse("closing", args=[closing.pk])

    def demands(self, **narrow: str | Sequence[str]) -> str:
        """The rows on the page of the closing; its view narrows them by the same names."""
        show = {} if "ended" in narrow else {"show": "counted"}
        return f"{self.page}?{urlencode({**show, **narrow}, doseq=True)}#rows"

    def made(self, **narrow: str) -> str:
        """The deliveries on the page of the closing; those of today where it kept none."""
        if not self.keeps_deliveries:
            return super().made(**narrow)
        wanted = {name: value for name, value in narrow.items() if value}
        return f"{self.page}?{urlencode({'show': 'deliveries', **wanted})}#rows"

    def revised(self) -> str:
        """The rows that were corrected since."""
        return f"{self.page}?show=revised#rows"

    def mandates(self, **narrow: str) -> str:
        """All mandates of the closing by paragraph: it keeps no list of them."""
        return f"{self.page}#public-figures"
