"""Building XML documents: elements with text that XML can hold."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# What XML 1.0 can't hold, even escaped.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def clean(text: Any) -> str:
    """The text without the control characters that XML can't hold."""
    return FORBIDDEN.sub("", str(text))


def below(parent: Element, tag: str, text: Any = "", /, **attributes: Any) -> Element:
    """A new last child; attributes without a value are left out."""
    kept = {key: clean(value) for key, value in attributes.items() if value not in (None, "")}
    child = SubElement(parent, tag, kept)
    if text not in (None, ""):
        child.text = clean(text)
    return child


def add_text(element: Element, text: str) -> None:
    """More text at the end of an element, after its last child if it has any."""
    if len(element):
        last = element[-1]
        last.tail = (last.tail or "") + clean(text)
    else:
        element.text = (element.text or "") + clean(text)


def as_bytes(element: Element) -> bytes:
    """The element as UTF-8, without a declaration."""
    return bytes(tostring(element, encoding="utf-8", xml_declaration=False))


__all__ = ["DECLARATION", "LANGUAGE", "Element", "add_text", "as_bytes", "below", "clean"]
