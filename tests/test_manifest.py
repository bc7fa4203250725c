"""The manifest: what it accepts, what it refuses, and that every sentence can be said."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.manifest import load_manifest
from grader.reader import ManifestError
from grader.sentences import MESSAGES, Sentence

ROOT = Path(__file__).resolve().parent.parent

# What each value of a sentence may be; see `messages.explain_...`.
SAMPLES = {
    "seconds": 5.0,
    "times": 2,
    "code": 9,
    "line": 3,
    "count": 3,
    "size": 12,
    "error": 1.5e-3,
    "allowed": 1e-7,
    "got": "0.5",
    "expected": "0.25",
}

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def load(tmp_path, sentences, toy):
    """Loads the toy manifest after replacing some text in it: `load("old", "new", ...)`."""
    text = toy(recorded=False).manifest.read_text(encoding="utf-8")

    def make(*replacements):
        changed = text
        for old, new in zip(replacements[::2], replacements[1::2], strict=True):
            assert old in changed
            changed = changed.replace(old, new, 1)
        path = tmp_path / "questions.toml"
        path.write_text(changed, encoding="utf-8")
        return load_manifest(path)

    return make


def sample(key, name):
    """A value as the grader fills it in: numbers where a comparison gives numbers."""
    return SAMPLES.get(name, name)


def test_the_projects_own_manifest_is_sound(manifest):
    assert sum(question.points for question in manifest.questions if not question.bonus) == 100
    assert all(question.hint and question.title for question in manifest.questions)
    assert set(manifest.files) == {function.file for function in manifest.functions.values()}


def test_what_is_read(load):
    manifest = load()
    assert [question.name for question in manifest.questions] == [
        "double",
        "halve",
        "unhalve",
        "together",
        "triple",
    ]
    halve = manifest.functions["halve"]
    assert (halve.file, halve.question) == ("arithmetic.py", "halve")
    assert (halve.arguments, halve.results) == (("x", "state"), ("y", "cache"))
    assert (halve.may_change, halve.stays) == ({"state"}, {"cache"})
    assert halve.returns == "(y, cache)"
    assert manifest.functions["double"].returns == "y"
    assert manifest.files == ("arithmetic.py", "backward.py", "more.py")
    assert manifest.question("together").uses == ("double", "halve")
    assert manifest.question("triple").bonus
    assert manifest.limits.memory_bytes == 1 << 30
    assert manifest.limits.output_bytes == 4 << 10
    with pytest.raises(KeyError):
        manifest.question("quadruple")


def test_what_a_course_may_choose_is_read(load, manifest):
    assert load().conventions == {}
    chosen = load("[limits]", '[conventions]\np_means = "drop"\n[limits]')
    assert chosen.conventions == {"p_means": "drop"}
    assert manifest.conventions["p_means"] in ("keep", "drop")


def test_several_functions_of_one_question(load):
    manifest = load('["double(x) -> y"]', '["double(x) -> y", "twice(x, z=None) -> (y,)"]')
    assert manifest.functions["twice"].arguments == ("x", "z")
    assert manifest.functions["twice"].results == ("y",)
    assert manifest.functions["twice"].question == "double"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema = 1", "schema = 2", "schema"),
        ("schema = 1", "", "`schema` is missing"),
        ('name = "toy"', "name = 3", "`name` must be a str"),
        ('name = "toy"', 'name = "toy"\ncolour = "red"', "unknown key `colour`"),
        ("points = 100", "points = 90", "add up to 100, not to 90"),
        ("points = 100", "points = true", "`points` must be a int"),
        ("bonus = 7", "bonus = 8", "bonus add up to 7, not to 8"),
        ("points = 40", "points = 0", "`points` must be positive"),
        ("points = 40", "points = 40.0", "`points` must be a int"),
        ("points = 40\n", "", "`points` is missing"),
        ('name = "double"', 'name = "Double"', "lower_case"),
        ('name = "double"', 'name = "halve"', "twice"),
        ('name = "double"\n', "", "`name` is missing"),
        ('hint = "Two of them."', 'hint = " "', "`hint` is empty"),
        ('hint = "Two of them."', 'hint = "x"\nhnit = "y"', "unknown key `hnit`"),
        ('file = "arithmetic.py"', 'file = "../arithmetic.py"', "`file` must be like"),
        ('file = "arithmetic.py"', 'file = "arithmetic"', "`file` must be like"),
        ('file = "arithmetic.py"\n', "", "`file` is missing"),
        ("double(x) -> y", "double(x)", "not a signature"),
        ("double(x) -> y", "double -> y", "not a signature"),
        ("double(x) -> y", "double(x -> y", "not a signature"),
        ("double(x) -> y", "double(x) -> 3", "not a signature"),
        ("double(x) -> y", "double(x) -> (y, z.w)", "not a signature"),
        ("double(x) -> y", "double(x) -> y; z", "not a signature"),
        ("double(x) -> y", "-> y", "not a signature"),
        ("double(x) -> y", "", "not a signature"),
        ("double(x) -> y", "halve(x) -> y", "twice"),
        ("double(x) -> y", "double(x\\u0000) -> y", "not a signature"),
        ("double(x) -> y", "double(x) -> ()", "not a signature"),
        ("double(x) -> y", "double(*x) -> y", "not a signature"),
        ("double(x) -> y", "double(x, /) -> y", "not a signature"),
        ("double(x) -> y", "double(x, *, k) -> y", "not a signature"),
        ("double(x) -> y", "double(x, **k) -> y", "not a signature"),
        ("double(x) -> y", "double(x): pass\\ndef g(z) -> y", "not a signature"),
        ('"double(x) -> y"', "1", "list of strings"),
        ('"double(x) -> y"', '"double(x) -> y", "double(x) -> y"', "twice"),
        ('functions = ["double(x) -> y"]\n', "", "`functions`, or `uses`"),
        ('may_change = ["state"]', 'may_change = ["stat"]', "names stat"),
        ('stays = ["cache"]', 'stays = ["x"]', "names x"),
        ('uses = ["halve"]', 'uses = ["divide"]', "no question: divide"),
        ('uses = ["halve"]', 'uses = ["together"]', "comes later"),
        ('uses = ["halve"]', 'uses = ["unhalve"]', "comes later"),
        ("call_seconds = 60.0", "call_seconds = 0", "must be positive"),
        ("call_seconds = 60.0", "call_seconds = -1.5", "must be positive"),
        ("call_seconds = 60.0", "call_seconds = nan", "must be positive"),
        ("call_seconds = 60.0", "call_seconds = '5'", "must be a float"),
        ("memory_mib = 1024", "memory_mib = 0", "must be positive"),
        ("output_kib = 4", "output_kib = -1", "must"),
        ("output_kib = 4", "output_kib = 4\nfiles = 3", "unknown key `files`"),
        ("[limits]", "[limit]", "`limits` is missing"),
        ("[messages]", "[sentences]", "`messages` is missing"),
        ('blocked = "Waiting for {questions}."', "", "`blocked` is missing"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{check}"', "{check}"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{}"', "{}"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{0}"', "{0}"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{"', "blocked"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{questions.x}"', "questions.x"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{questions[0]}"', "questions[0]"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{questions:{width}}"', "blocked"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{questions!x}"', "blocked"),
        ('blocked = "Waiting for {questions}."', 'blocked = "{questions:d}"', "blocked"),
        ("[limits]", "[conventions]\np_means = 1\n[limits]", "conventions: every value must be"),
        ("[limits]", "conventions = 'keep'\n[limits]", "`conventions` must be a dict"),
        ("[[question]]", "[[question]", ""),
        ('title = "Twice as much"', "title = Twice", ""),
    ],
)
def test_a_mistake_is_named(load, tmp_path, old, new, told):
    with pytest.raises(ManifestError) as caught:
        load(old, new)
    message = str(caught.value)
    assert str(tmp_path / "questions.toml") in message
    assert told in message


def test_a_missing_or_unreadable_file_is_named(tmp_path):
    with pytest.raises(ManifestError, match=r"nothing\.toml is missing"):
        load_manifest(tmp_path / "nothing.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "bytes.toml"):
        with pytest.raises(ManifestError, match=path.name):
            load_manifest(path)


def test_every_sentence_can_be_said(manifest):
    for key, names in MESSAGES.items():
        assert manifest.say(key, **{name: sample(key, name) for name in names})


def test_a_sentence_may_be_said_inside_another(manifest):
    link = Sentence("refused_link", {"name": "a.py"})
    assert manifest.say("unreadable", why=link) == (
        manifest.say("unreadable", why=manifest.say("refused_link", name="a.py"))
    )


def test_every_sentence_is_said_somewhere(project):
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in (project.root / "grader").rglob("*.py")
        if path.name != "sentences.py"
    )
    for key in MESSAGES:
        # Official mode's are made from the others', patterns' and statuses' from their names.
        name = key.removesuffix("_hidden").removeprefix("pattern_").removeprefix("status_")
        assert re.search(rf"""["']{name}["']""", sources), key


table_names = st.sampled_from(
    """schema name title points bonus limits messages conventions question file functions uses
    may_change stays hint call_seconds memory_mib""".split()  # noqa: SIM905
)
toml_values = st.recursive(
    st.sampled_from(
        ['"x"', '"f(a) -> b"', "1", "0", "-1", "1.5", "inf", "nan", "true", "1979-05-27"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(table_names, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{k} = {v}" for k, v in table.items()) + "}"
        )
    ),
    max_leaves=6,
)


@QUIET
@given(st.dictionaries(table_names, toml_values))
def test_any_toml_is_a_manifest_or_a_manifest_error(tmp_path, table):
    path = tmp_path / "questions.toml"
    path.write_text("\n".join(f"{key} = {value}" for key, value in table.items()))
    with pytest.raises(ManifestError):
        load_manifest(path)  # no generated table is complete; anything else fails the test


@QUIET
@given(table_names, toml_values, st.integers(0, 5))
def test_one_odd_value_anywhere_is_a_manifest_or_a_manifest_error(toy, tmp_path, key, value, place):
    text = toy(recorded=False).manifest.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = [number for number, line in enumerate(lines) if line.startswith(f"{key} = ")]
    assume(found)
    lines[found[place % len(found)]] = f"{key} = {value}"
    path = tmp_path / "questions.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        manifest = load_manifest(path)
    except ManifestError:
        return  # anything else fails the test
    assert manifest.questions


@QUIET
@given(
    st.sampled_from(sorted(MESSAGES)),
    st.lists(
        st.text("abc {}!:.0[]<>sdgef", max_size=6)
        | st.sampled_from(sorted(set().union(*MESSAGES.values()))).map(lambda name: f"{{{name}}}"),
        max_size=4,
    ),
)
def test_a_sentence_that_is_accepted_can_be_said(toy, tmp_path, sentences, key, parts):
    written = {**tomllib.loads(sentences)["messages"], key: "".join(parts)}
    text = toy(recorded=False).manifest.read_text(encoding="utf-8")
    quoted = "\n".join(f"{name} = '''{sentence}'''" for name, sentence in written.items())
    path = tmp_path / "questions.toml"
    path.write_text(text[: text.index("[messages]")] + "[messages]\n" + quoted, encoding="utf-8")
    try:
        manifest = load_manifest(path)
    except ManifestError:
        return
    manifest.say(key, **{name: sample(key, name) for name in MESSAGES[key]})


# Any file at all is a manifest or one sentence that names it.


@pytest.fixture(scope="module")
def accepted(tmp_path_factory):
    """Takes bytes that are a manifest, or that are refused in one sentence that names the file."""
    path = tmp_path_factory.mktemp("manifests") / "questions.toml"

    def load(content):
        path.write_bytes(content)
        try:
            manifest = load_manifest(path)
        except ManifestError as error:
            message = str(error)
            assert message.startswith(str(path))
            assert "\n" not in message
            assert len(message) < 1000
        else:
            assert manifest.questions

    return load


MANIFEST = (ROOT / "assignment" / "questions.toml").read_bytes()
LINES = MANIFEST.splitlines(keepends=True)
NASTY = [
    b"[" * 2000,
    b"x = " + b"[" * 2000 + b"]" * 2000 + b"\n",
    b"x = " + b"{a=" * 2000,
    b"points = " + b"9" * 5000 + b"\n",
    b"points = 0x" + b"f" * 5000 + b"\n",
    b"call_seconds = 1" + b"0" * 400 + b"\n",
    b"memory_mib = 1" + b"0" * 400 + b"\n",
    b'functions = ["f(a) -> ' + b"(" * 5000 + b'"]\n',
    b'functions = ["f(' + b"[" * 5000 + b') -> b"]\n',
    b'functions = ["f(a) -> ' + b"-" * 50_000 + b'1"]\n',
    b'functions = ["f(a)\\n -> b", "\\u0000"]\n',
    b'file = "' + b"x" * 5000 + b'"\n',
    b'name = """\n\n"""\n',
    b"hnit\\u000a = 3\n",
    b'"a\\nb" = 3\n',
    b'blocked = "{questions:9999999999}"\n',
    b'blocked = "{questions:>99999999}"\n',
    b'blocked = "' + b"{questions!r:" * 500 + b'"\n',
    b'blocked = "{questions.__class__.__mro__}"\n',
    b"a.b.c.d = 1\n",
    b"a" + b".a" * 3000 + b" = 1\n",
]


@pytest.mark.parametrize("line", NASTY, ids=lambda line: repr(line[:24]))
def test_nasty_lines_anywhere_are_one_sentence(accepted, line):
    key = line.partition(b" ")[0] + b" ="
    places = [number for number, old in enumerate(LINES) if old.startswith(key)]
    for place in places[:3] or [0, 12]:
        changed = b"".join([*LINES[:place], line, *LINES[place + bool(places) :]])
        accepted(changed)
    accepted(line)


damages = st.lists(
    st.tuples(
        st.integers(0, len(MANIFEST)),
        st.integers(0, 3),
        st.sampled_from([b"", b'"', b"[", b"]", b"{", b"}", b"=", b"\n", b"'", b"#", b"-", b"9"])
        | st.binary(min_size=1, max_size=2)
        | st.text(max_size=3).map(str.encode),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150)
@given(damages)
def test_a_damaged_manifest_is_a_manifest_or_one_sentence(accepted, how):
    content = bytearray(MANIFEST)
    for place, length, new in how:
        content[place : place + length] = new
    accepted(bytes(content))


@given(st.text(max_size=100).map(str.encode) | st.binary(max_size=60))
def test_any_file_is_one_sentence(accepted, content):
    accepted(content)
