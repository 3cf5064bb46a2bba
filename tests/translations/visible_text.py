"""What a reader sees of a page or a template: text between tags, and attributes that are read."""

from __future__ import annotations

from html.parser import HTMLParser

READ_ATTRIBUTES = {"alt", "aria-label", "data-label", "placeholder", "title"}
NOT_READ = {"kbd", "script", "style", "template"}
"""Code, and the names of keys, which stand on the keys."""
OFFICIAL = {"official", "official-words"}
"""Words of a resolution, which may cite an English title."""
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class VisibleText(HTMLParser):
    """Collects the texts of a page, without parts that are in another language than the page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden: list[bool] = []
        self._page_language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self._page_language = given.get("lang", "")
        foreign = given.get("lang", self._page_language) != self._page_language
        official = OFFICIAL & set(given.get("class", "").split())
        hidden = bool(foreign or official or tag in NOT_READ or any(self._hidden))
        if not hidden:
            self.texts += [given[name] for name in READ_ATTRIBUTES & given.keys()]
            if tag == "input" and given.get("type") in {"submit", "button"}:
                self.texts.append(given.get("value", ""))
        if tag not in EMPTY:
            self._hidden.append(hidden)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY and self._hidden:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._hidden):
            self.texts.append(data)


def visible_texts(html: str) -> list[str]:
    """The texts of a page in its order, spaces made one, empty ones left out."""
    parser = VisibleText()
    parser.feed(html)
    parser.close()
    return [text for text in (" ".join(one.split()) for one in parser.texts) if text]
