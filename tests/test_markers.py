"""Markers: what lies between them never reaches a starter file, and a malformed one is an error."""

import ast
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.markers import BEGIN, END, MarkerError, Region, regions, starter_of

FILE = Path("solutions/work.py")


def source_of(text):
    return textwrap.dedent(text).lstrip("\n")


def starter(text):
    return starter_of(source_of(text), FILE)


def complaint(text):
    with pytest.raises(MarkerError) as raised:
        starter(text)
    message = str(raised.value)
    assert "\n" not in message
    assert message.startswith(str(FILE))
    return message


WELL_FORMED = """
    def f(x):
        \"\"\"Twice x.\"\"\"
        # Multiply here.
        # BEGIN SOLUTION
        y = 2 * x
        # END SOLUTION
        return y
"""


def test_a_region_becomes_one_line_and_the_rest_stays():
    assert starter(WELL_FORMED) == source_of("""
        def f(x):
            \"\"\"Twice x.\"\"\"
            # Multiply here.
            raise NotImplementedError("f: your code goes here")
            return y
    """)


def test_several_regions_in_one_function_and_in_several():
    found = starter("""
        def f(x, mode):
            if mode == "train":
                # BEGIN SOLUTION
                return 1
                # END SOLUTION
            elif mode == "test":
                # BEGIN SOLUTION
                return 2

                # END SOLUTION
            return None


        def g(x):
            # BEGIN SOLUTION
            return 3
            # END SOLUTION
    """)
    assert found == source_of("""
        def f(x, mode):
            if mode == "train":
                raise NotImplementedError("f: your code goes here")
            elif mode == "test":
                raise NotImplementedError("f: your code goes here")
            return None


        def g(x):
            raise NotImplementedError("g: your code goes here")
    """)


def test_an_inner_function_is_named_after_the_outer_one():
    found = starter("""
        def outer(x):
            def inner(y):
                # BEGIN SOLUTION
                return y
                # END SOLUTION
            return inner(x)
    """)
    assert 'raise NotImplementedError("outer: your code goes here")' in found


def test_a_file_without_markers_stays_as_it_is():
    text = source_of("""
        x = 1


        def given(w):  # the solution is further down; begin there
            return w
    """)
    assert starter_of(text, FILE) == text
    assert starter_of("", FILE) == ""


def test_regions_are_told_by_line_and_indentation():
    assert regions(source_of(WELL_FORMED), FILE) == [Region(4, 6, "    ")]


def test_markers_in_strings_are_text():
    text = source_of("""
        def f(x):
            \"\"\"Fill in what is between these:

            # BEGIN SOLUTION
            # END SOLUTION
            \"\"\"
            return "# BEGIN SOLUTION", '''
            # END SOLUTION
            '''
    """)
    assert starter_of(text, FILE) == text


def test_an_unindented_string_may_lie_between_markers():
    found = starter("""
        def f(x):
            # BEGIN SOLUTION
            secret = '''
        # END SOLUTION
        '''
            return secret
            # END SOLUTION
    """)
    assert "secret" not in found
    assert found.endswith('raise NotImplementedError("f: your code goes here")\n')


def test_a_file_may_end_with_a_marker():
    text = source_of("""
        def f(x):
            # BEGIN SOLUTION
            return x
            # END SOLUTION
    """).rstrip("\n")
    assert starter_of(text, FILE).splitlines()[-1].strip().startswith("raise NotImplementedError")


def test_windows_line_ends_are_kept():
    text = source_of(WELL_FORMED).replace("\n", "\r\n")
    found = starter_of(text, FILE)
    assert "2 * x" not in found
    assert found.startswith('def f(x):\r\n    """Twice x."""\r\n')
    assert found.endswith("    return y\r\n")


def test_a_carriage_return_alone_is_refused():
    """Python takes it for the end of a line, its tokenizer does in some versions only."""
    text = source_of(WELL_FORMED)
    with pytest.raises(MarkerError, match=r"line 2: a carriage return"):
        starter_of(text[: text.index("\n") + 1] + "\r" + text[text.index("\n") + 1 :], FILE)


def test_other_letters_are_kept():
    found = starter("""
        def f(ξ):
            \"\"\"Größe, 大きさ, ∇f, 🙂.\"\"\"
            # BEGIN SOLUTION
            return 2 * ξ  # geheim, 秘密
            # END SOLUTION
    """)
    assert "Größe, 大きさ, ∇f, 🙂." in found
    assert "geheim" not in found


SEPARATORS = {
    "form feed": "\x0c",
    "vertical tab": "\x0b",
    "file separator": "\x1c",
    "next line": "\x85",
    "line separator": "\u2028",
}


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=SEPARATORS)
def test_what_only_looks_like_a_line_end_moves_no_region(separator):
    """Emacs separates pages by form feeds, and a web page pastes separators of its own."""
    found = starter(f"""
        def f(x):
            # one {separator} two {separator} three
            # BEGIN SOLUTION
            first = 2 * x
            secret = first + 1
            # END SOLUTION
            return y
    """)
    assert "secret" not in found
    assert "SOLUTION" not in found
    assert "return y" in found


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "nested",
            """
            def f(x):
                # BEGIN SOLUTION
                # BEGIN SOLUTION
                return x
                # END SOLUTION
                # END SOLUTION
            """,
            "line 3: `# BEGIN SOLUTION` inside the one of line 2",
        ),
        (
            "unclosed",
            """
            def f(x):
                # BEGIN SOLUTION
                return x
            """,
            "line 2: `# BEGIN SOLUTION` is never closed",
        ),
        (
            "closed twice",
            """
            def f(x):
                # BEGIN SOLUTION
                y = x
                # END SOLUTION
                # END SOLUTION
                return y
            """,
            "line 5: `# END SOLUTION` without `# BEGIN SOLUTION`",
        ),
        (
            "the wrong way round",
            """
            def f(x):
                # END SOLUTION
                return x
                # BEGIN SOLUTION
            """,
            "line 2: `# END SOLUTION` without `# BEGIN SOLUTION`",
        ),
        (
            "empty",
            """
            def f(x):

                # BEGIN SOLUTION

                # END SOLUTION
                return x
            """,
            "line 5: nothing lies between the markers",
        ),
        (
            "of different indentation",
            """
            def f(x):
                if x:
                    # BEGIN SOLUTION
                    return x
                # END SOLUTION
            """,
            "line 5: `# END SOLUTION` is not indented like `# BEGIN SOLUTION` of line 3",
        ),
        (
            "deeper than the code",
            """
            def f(x):
                y = 1
                    # BEGIN SOLUTION
                y = 2
                    # END SOLUTION
                return y
            """,
            "line 3",
        ),
        (
            "outside any function",
            """
            # BEGIN SOLUTION
            SECRET = 1
            # END SOLUTION
            """,
            "line 1: a solution outside any function",
        ),
        (
            "between two functions",
            """
            def f(x):
                return x

            # BEGIN SOLUTION
            def helper(x):
                return x
            # END SOLUTION

            def g(x):
                return x
            """,
            "line 4",
        ),
        (
            "in a class",
            """
            class A:
                def f(self):
                    # BEGIN SOLUTION
                    return 1
                    # END SOLUTION
            """,
            "line 3: a solution outside any function",
        ),
        (
            "after code",
            """
            def f(x):
                # BEGIN SOLUTION
                return x  # END SOLUTION
            """,
            "line 3: `# END SOLUTION` must stand on a line of its own",
        ),
        (
            "between brackets",
            """
            def f(x):
                return (
                    # BEGIN SOLUTION
                    2 * x
                    # END SOLUTION
                )
            """,
            "it does not parse",
        ),
    ],
)
def test_malformed_regions(name, text, told):
    assert told in complaint(text), name


@pytest.mark.parametrize(
    "marker",
    [
        "# begin solution",
        "# BEGIN SOLUTIONS",
        "#BEGIN SOLUTION",
        "## BEGIN SOLUTION",
        "### BEGIN SOLUTION",
        "#  BEGIN  SOLUTION",
        "# BEGIN\N{NO-BREAK SPACE}SOLUTION",
        "# BEGIN SOLUTION:",
        "# BEGIN MY SOLUTION",
        "# BEGIN-SOLUTION",
        "# SOLUTION",
        "# Solution: the short way",
        "# End of the solution",
    ],
)
def test_what_only_resembles_a_marker_is_an_error(marker):
    told = complaint(f"""
        def f(x):
            {marker}
            return x
    """)
    assert "line 2" in told
    assert marker in told
    assert "write `# BEGIN SOLUTION` or `# END SOLUTION`" in told


@pytest.mark.parametrize(
    "begin", ["# BEGIN_SOLUTION", "# BEGINSOLUTION", "# BEGIN SOLUTON", "# BEGIN SOLN"]
)
def test_misspelt_in_both_places_is_an_error_too(begin):
    end = begin.replace("BEGIN", "END")
    told = complaint(f"""
        def f(x):
            {begin}
            return x
            {end}
    """)
    assert "line 2" in told


def test_markers_shallower_than_the_code_are_an_error():
    complaint("""
        def f(x):
            y = 1
        # BEGIN SOLUTION
            y = 2
        # END SOLUTION
    """)


def test_a_region_that_leaves_its_function_is_an_error():
    """It would take the second function out of the starter file altogether."""
    complaint("""
        def f(x):
            # BEGIN SOLUTION
            return x

        def g(x):
            y = x
            # END SOLUTION
            return y
    """)


@pytest.mark.parametrize("text", ["def f(x:\n", "def f(x):\nreturn x\n", '"""', "x = '\0'\n"])
def test_what_is_not_python_is_told_with_its_file(text):
    with pytest.raises(MarkerError, match=r"solutions.work\.py"):
        starter_of(text, FILE)


# Property: whatever is put between markers, none of it survives, and all of the rest does.

NAMES = st.from_regex(r"[a-z]{3,8}", fullmatch=True).map("given_{}".format)
SECRETS = st.from_regex(r"[a-z]{3,8}", fullmatch=True).map("secret_{}".format)
FREE_TEXT = st.text(
    st.characters(
        exclude_characters="\r\n\"'\\{}\0",
        exclude_categories=["Cs", "Cc", "Zl", "Zp"],  # separators have a test of their own
    ),
    max_size=20,
)


@st.composite
def statements(draw, names):
    """Lines of a block, some of them blocks, strings and comments that look like something else."""
    name, text = draw(names), draw(FREE_TEXT)
    kinds = [
        [f"{name} = 1"],
        [f"for {name} in ():", f"    {name} += 1"],
        [f'{name} = "{text} {END}"'],
        [f'{name} = """', f"{BEGIN} {text}", '"""'],
        [f"{name} = (", f"    1,  # {name}", ")"],
        ["", f"{name} = 2", ""],
    ]
    return draw(st.sampled_from(kinds))


def blocks(names):
    return st.lists(statements(names), min_size=1, max_size=4).map(
        lambda parts: [line for part in parts for line in part]
    )


@st.composite
def solutions(draw):
    """A source with marked regions, and the lines of it that may stay."""
    lines, kept = [], []
    for number in range(draw(st.integers(1, 3))):
        head = [f"def function_{number}(x):", f'    """{draw(FREE_TEXT)}."""']
        lines += head
        kept += head
        for depth in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)):
            nest = [f"{'    ' * level}if x:" for level in range(1, depth)]
            indent = "    " * depth
            given_lines = [*nest, *(indent + line for line in draw(blocks(NAMES)))]
            secret = [indent + line for line in draw(blocks(SECRETS))]
            lines += [*given_lines, indent + BEGIN, *secret, indent + END]
            kept += [
                *given_lines,
                f'{indent}raise NotImplementedError("function_{number}: your code goes here")',
            ]
    return "\n".join(lines) + "\n", "\n".join(kept) + "\n"


@settings(max_examples=50)
@given(solutions())
def test_nothing_between_markers_survives_and_everything_else_does(pair):
    source, kept = pair
    ast.parse(source)
    assert starter_of(source, FILE) == kept
    assert "secret" not in kept


def starter_or_complaint(text):
    try:
        return starter_of(text, FILE)
    except MarkerError as error:
        return error


@given(st.text(max_size=200))
def test_any_text_stays_or_gives_a_sentence(text):
    found = starter_or_complaint(text)
    assert found == text or str(FILE) in str(found)  # a region needs more than chance


@settings(max_examples=50)
@given(solutions(), st.data())
def test_a_lost_marker_is_never_passed_over(pair, data):
    source, _ = pair
    lines = source.split("\n")
    markers = [number for r in regions(source, FILE) for number in (r.begin, r.end)]
    del lines[data.draw(st.sampled_from(markers)) - 1]
    with pytest.raises(MarkerError):
        starter_of("\n".join(lines), FILE)


pieces = st.sampled_from(
    [
        *(
            BEGIN,
            END,
            "#",
            "BEGIN",
            "SOLUTION",
            "# begin solution",
            "# SOLUTION",
            "### BEGIN SOLUTION",
        ),
        *(
            "def f(x):",
            "class A:",
            "    ",
            "  ",
            "\t",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "\f",
            "\\\n",
            "x = 1",
        ),
        *(
            "return x",
            "if x:",
            '"""',
            "'",
            "(",
            ")",
            "\ufeff",
            "\x00",
            "\u2028",
            "é",
            ";",
            "lambda",
        ),
    ]
)


@settings(max_examples=300)
@given(st.lists(pieces, max_size=25).map("".join))
def test_any_text_made_of_markers_gives_a_starter_or_a_sentence(text):
    found = starter_or_complaint(text)
    if isinstance(found, MarkerError):
        assert str(FILE) in str(found)
        assert "\n" not in str(found)
    else:
        assert BEGIN not in found or '"' in text or "'" in text


@pytest.mark.parametrize("text", ["(" * 5000, "-" * 90_000 + "1", "if x:\n " * 300, "[" * 90_000])
def test_nesting_beyond_what_python_reads_is_a_sentence(text):
    for source in (text, f"def f(x):\n    {BEGIN}\n    {text}\n    {END}\n"):
        found = starter_or_complaint(source)
        assert found == source or str(FILE) in str(found)
