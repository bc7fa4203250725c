"""Plain text keeps to its columns, whatever the signs."""

import pytest

from grader.reports.plain import columns, sided


@pytest.mark.parametrize(
    ("text", "count"),
    [("Ada", 3), ("陈大文", 6), ("Zoe\u0308", 3), ("ｆｕｌｌ", 8), ("עברית", 5), ("", 0)],
)
def test_columns(text, count):
    assert columns(text) == count


@pytest.mark.parametrize(
    "left", ["Ada", "陈大文", "陈" * 60, "x" * 90, "a陈" * 40, "Zoe\u0308" * 40]
)
def test_what_stands_at_the_right_edge_does_so_for_every_name(left):
    line = sided(left, "final score 95")
    assert columns(line) == 80
    assert line.endswith("  final score 95")
    assert ("..." in line) == (columns(left) > 64)
