"""The pages in a real browser: they fit, they fetch nothing, and there is nothing to complain of.

A page without scripts cannot measure itself, so another one frames it and measures.
"""

import html
import json
import re

import pytest

from grader.classroom.gradebook import Gradebook
from grader.classroom.policies import Policies
from grader.classroom.summary import entries_of
from grader.grading import grade
from grader.manifest import load_manifest
from grader.reports.corrections import Corrections, Override
from grader.reports.html.folder import write_class_report
from grader.reports.html.pictures import pictures_of
from grader.reports.html.student import student_page
from tests.reports import classes
from tests.reports.browser import browse, find_chromium
from tests.reports.test_html_markup import NASTY

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")

HARNESS = """<!doctype html><title>measures</title>
<iframe id="page" src="{page}" style="width:{width}px;height:900px;border:0"></iframe>
<pre id="found"></pre>
<script>
window.onload = () => {{
  const frame = document.getElementById("page").contentWindow;
  const page = frame.document;
  for (const details of page.querySelectorAll("details")) details.open = true;
  const wide = [];
  for (const element of page.body.querySelectorAll("*")) {{
    const box = element.getBoundingClientRect();
    const style = frame.getComputedStyle(element);
    if (box.right > {width} + 1 && box.width && style.position !== "absolute")
      wide.push(element.tagName + ": " + element.textContent.slice(0, 40));
  }}
  const small = [...page.querySelectorAll("summary")].filter(s => s.tabIndex < 0).length;
  document.getElementById("found").textContent = JSON.stringify({{
    scroll: page.documentElement.scrollWidth,
    wide: wide.slice(0, 5),
    fetched: frame.performance.getEntriesByType("resource").map(e => e.name),
    unreachable: small,
    paper: frame.getComputedStyle(page.body).backgroundColor,
    shown: page.body.innerText.length,
  }});
}};
</script>
"""


@pytest.fixture(scope="module")
def measure(tmp_path_factory):
    """Measures a page in a window of some width: what was found, and what the console says."""

    def measure(page, width, *flags):
        folder = tmp_path_factory.mktemp("browser")
        harness = folder / "harness.html"
        harness.write_text(HARNESS.format(page=page.as_uri(), width=width))
        dom, log = browse(
            harness,
            folder / "profile",
            "--allow-file-access-from-files",
            "--virtual-time-budget=5000",
            "--window-size=1400,1000",
            "--dump-dom",
            *flags,
        )
        (found,) = re.findall(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)
        return json.loads(html.unescape(found)), re.findall(r"CONSOLE.*", log)

    return measure


@pytest.fixture
def pages(toy, submission, toy_files, tmp_path):
    """Every kind of page, by name."""
    words = load_manifest(toy().manifest)
    wrong = {"more.py": "import numpy as np\ndef triple(x):\n    return 3 * x + np.arange(x.size)"}
    (graded,) = grade(toy(), [submission({**toy_files, **wrong})])
    nasty = classes.fail(classes.perfect(NASTY[8]), "halve", error=0.1, message="\n".join(NASTY))
    nasty["output"] = "\n".join(NASTY)
    for check, text in zip(nasty["questions"][0]["checks"], NASTY, strict=False):
        check["notes"] = [text]
    made = Corrections(68.0, 5.0, NASTY[8], [Override(3.0, NASTY[0], NASTY[8], "halve")])
    texts = {
        "practice": student_page(
            graded.result, words, pictures=pictures_of(graded, words), rerun="grader grade "
        ),
        "nasty": student_page(nasty, words, corrections=made),
    }
    found = {}
    for kind, text in texts.items():
        found[kind] = tmp_path / f"{kind}.html"
        found[kind].write_text(text, encoding="utf-8")
    with Gradebook(tmp_path / "grades.db") as book:
        classes.fill(book, 40, manifest=words)
        entries = entries_of(book, Policies())
        found["class"] = write_class_report(entries, words, tmp_path / "report", **classes.RULES)
    return found


def test_the_pages_fit_a_phone_fetch_nothing_and_log_nothing(pages, measure):
    for kind, page in pages.items():
        found, console = measure(page, 360)
        assert found["shown"] > 300, kind
        assert (found["scroll"], found["wide"]) == (360, []), kind
        assert (found["fetched"], console, found["unreachable"]) == ([], [], 0), kind


def test_what_is_too_wide_or_fetched_would_be_found(pages, measure, tmp_path):
    """The measuring measures."""
    spoilt = tmp_path / "spoilt.html"
    addition = '<img src="other.png"><pre style="width:500px;max-width:none">wide</pre></main>'
    spoilt.write_text(pages["practice"].read_text().replace("</main>", addition))
    found, console = measure(spoilt, 360)
    assert found["scroll"] > 360
    assert found["wide"]
    assert "Content Security Policy" in "".join(console)


def test_there_is_a_dark_page_for_those_who_want_one(pages, measure):
    light, _ = measure(pages["practice"], 1280)
    dark, _ = measure(pages["practice"], 1280, "--blink-settings=preferredColorScheme=0")
    assert sum(map(int, re.findall(r"\d+", light["paper"])[:3])) > 600
    assert sum(map(int, re.findall(r"\d+", dark["paper"])[:3])) < 150
