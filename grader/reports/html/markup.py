"""Building HTML so that nothing reaches a page unescaped: text is escaped unless it is `Html`."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable

# Joiners are letters of Persian and of emoji; every other sign that is not printable is replaced.
JOINERS = frozenset("\u200c\u200d")
REPLACEMENT = "\ufffd"
MARKS = 4  # stacked on one letter; more of them climb over the lines above
LONGEST = 4000  # characters of one text
VOID = frozenset({"meta", "br", "hr", "link"})


class Html(str):
    """Markup, escaped already."""

    __slots__ = ()


Content = str | None | Iterable["Content"]


def el(tag: str, /, *children: Content, **attributes: str | float | bool | None) -> Html:
    """An element; `class_` gives the attribute `class`, `aria_label` gives `aria-label`.

    Children are escaped, unless they are `Html`; None adds nothing. An attribute that is True
    stands alone, one that is False or None is left out.
    """
    parts = [f"<{tag}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{_attribute(value)}"')
    parts.append(">")
    if tag not in VOID:
        parts += [join(*children), f"</{tag}>"]
    return Html("".join(parts))


def join(*children: Content) -> Html:
    """Children of an element, one after another."""
    parts: list[str] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            parts.append(child)
        elif isinstance(child, str):
            parts.append(html.escape(clean(child)))
        else:
            parts.append(join(*child))
    return Html("".join(parts))


def clean(text: str, limit: int = LONGEST) -> str:
    """Text that cannot steer what shows it: no control signs, none that turn the direction.

    What is longer than `limit` is cut, and says so with three dots.
    """
    if len(text) > limit:
        text = text[:limit] + "..."
    if text.isascii() and text.isprintable():
        return text
    shown = []
    stacked = 0
    for sign in text.replace("\r\n", "\n").expandtabs(4):
        stacked = stacked + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if stacked > MARKS:
            continue
        if sign.isprintable() or sign == "\n" or sign in JOINERS:
            shown.append(sign)
        else:
            shown.append(" " if unicodedata.category(sign) == "Zs" else REPLACEMENT)
    return "".join(shown)


def name(text: str) -> Html:
    """A person's or a file's name, whose direction of writing stays its own."""
    return el("bdi", clean(text, 200))


def lines(text: str) -> list[Html]:
    """A paragraph for each line of a text."""
    return [el("p", line) for line in clean(text).split("\n") if line.strip()]


def verbatim(text: str, limit: int) -> Html:
    """A long text with its line breaks, escaped; what is longer than `limit` is cut."""
    return Html(html.escape(clean(text, limit)))


def _attribute(value: str | float) -> str:
    shown = value if isinstance(value, str) else f"{value:g}"
    return html.escape(clean(shown).replace("\n", " "))
