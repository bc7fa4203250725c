"""What the pages share: the skeleton, scores, bars, and the signs of a check's status."""

from __future__ import annotations

from grader.reports.html.markup import Content, Html, el, join
from grader.reports.html.style import STYLE
from grader.results import Status

# No script, no picture from elsewhere, no form, no frame: a page can do nothing but be read.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# Beside every sign there is its word: a sign, like a colour, carries no meaning alone.
SIGNS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.MISSING: "○",
    Status.CRASHED: "✗",
    Status.TIMEOUT: "✗",
    Status.MEMORY: "✗",
    Status.BAD_OUTPUT: "✗",
    Status.BLOCKED: "…",
    Status.ERROR: "!",
}


def document(
    title: str, *body: Content, language: str = "en", skip: str = "Skip to the contents"
) -> str:
    """A whole page; `body` brings its own landmarks, and one element with the id `main`."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("style", Html(STYLE)),
    )
    link = el("a", skip, class_="skip", href="#main")
    page = el("html", "\n", head, "\n", el("body", link, *body), "\n", lang=language)
    return f"<!doctype html>\n{page}\n"


def points(number: float | None) -> str:
    """Points without needless zeros; a withheld score is a question mark."""
    return "?" if number is None else f"{round(number, 2):g}"


def plural(word: str, count: int) -> str:
    """The word for so many; staff pages are in English."""
    return word if count == 1 else f"{word}s"


def bar(share: float, style: str = "") -> Html:
    """A thin bar; whoever draws it says the number beside it, so screen readers skip it."""
    width = 100 * min(max(share, 0.0), 1.0)
    return el(
        "svg",
        el("rect", class_="track", width=100, height=4),
        el("rect", class_="fill", width=round(width, 2), height=4),
        class_=f"bar {style}".strip(),
        viewBox="0 0 100 4",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def share_of(score: float | None, most: float) -> float:
    """The share of the points, 0 where there are none."""
    return (score or 0.0) / most if most else 0.0


def pairs(rows: list[tuple[str, Content]]) -> Html:
    """Terms and what they are, as a definition list; empty ones are left out."""
    found = [el("div", el("dt", term), el("dd", value)) for term, value in rows if value]
    return el("dl", *found, class_="pairs")


def section(anchor: str, title: str, *body: Content, style: str = "") -> Html:
    """A landmark with its heading."""
    heading = el("h2", title, id=f"{anchor}-title")
    return el(
        "section",
        heading,
        join(*body),
        id=anchor,
        class_=style or None,
        aria_labelledby=f"{anchor}-title",
    )
