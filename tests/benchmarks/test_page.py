"""docs/benchmarks.md: made from the figures that were kept, and from nothing else."""

from benchmarks import page
from benchmarks.measuring import Measurement, Ratio


def result(*ratios, **values):
    return Measurement("row", "A row", "ms", values, ratios, {"submissions": 10000}).as_dict()


def test_the_page_is_what_the_figures_give(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["page", "--check"])
    assert page.main() == 0, capsys.readouterr().err


def test_another_page_is_a_complaint(capsys, monkeypatch, tmp_path):
    other = tmp_path / "benchmarks.md"
    monkeypatch.setattr(page, "ROOT", tmp_path)
    monkeypatch.setattr(page, "PAGE", other)
    monkeypatch.setattr("sys.argv", ["page", "--check"])
    assert page.main() == 1
    assert "python -m benchmarks.page" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["page"])
    assert page.main() == 0
    monkeypatch.setattr("sys.argv", ["page", "--check"])
    assert page.main() == 0
    other.write_text(other.read_text().replace("Benchmarks", "Triumphs"))
    assert page.main() == 1


def test_a_row_says_whether_its_bar_is_met():
    rows = list(
        page.rows_of(
            result(
                Ratio("a", "b", at_least=2),
                Ratio("a", "b", at_least=4, aim=5),
                Ratio("b", "a"),
                a=[3000.0],
                b=[1000.0],
            )
        )
    )
    assert rows == [
        "| A row | a: 3,000 ms<br>b: 1,000 ms | a / b: **3** (3 to 3) | at least 2 | yes |",
        "|  |  | a / b: **3** (3 to 3) | at least 4, aim 5 | **not met** |",
        "|  |  | b / a: **0.333** (0.333 to 0.333) |  |  |",
    ]


def test_the_page_names_settings_machine_and_date():
    made = result(a=[1.0])
    text = page.page_of([made])
    assert "submissions: 10,000" in text
    assert made["measured"] in text
    assert f"Python {made['machine']['python']}" in text


def test_without_figures_it_says_so():
    assert "Nothing has been measured yet." in page.page_of([])
