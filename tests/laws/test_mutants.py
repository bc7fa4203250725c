"""Law 7: which mutants survive, what is told of them, and what happens to those that hang."""

from collections import Counter
from contextlib import closing

import pytest

from grader import instructor
from grader.laws import mutants as law
from grader.laws.court import CRASHED, HUNG, SEEDS, WRONG, Verdict
from grader.laws.equivalents import Equivalent, EquivalentsError, read_equivalents
from grader.laws.mutants import Census, judge_all, no_mutant_survives, take_census
from grader.laws.mutation import Mutant, mutants_of_function
from grader.laws.workers import Workers
from grader.record import RECORDING_SEED
from grader.running import GradingError
from grader.sources import check_generator

TRIPLE = "def triple(x):\n    return 3 * x"
ONE_QUESTION = """
schema = 1
name = "toy"
title = "A toy assignment"
points = 10
bonus = 0

[limits]
call_seconds = 60.0
check_seconds = 600.0
submission_seconds = 600.0
memory_mib = 1024
output_kib = 4

[[question]]
name = "triple"
title = "Three times as much"
points = 10
file = "more.py"
functions = ["triple(x) -> y"]
hint = "Three of them."
"""
CHECK = '''
import numpy as np
from grader.compare import assert_close
from grader.plugin import check


@check("triple")
def test_triples(student, reference, rng):
    """Three times as much comes back."""
    {body}
'''
STRONG = """x = rng.uniform(1.0, 2.0, 4)
    assert_close(student.triple(x), reference.triple(x), what="y")"""
BLIND = """assert_close(student.triple(np.ones(4)), 3 * np.ones(4), what="y")"""


@pytest.fixture
def small(toy):
    """Makes a project of one function, `triple`, and one check with this body."""

    def make(body=STRONG, recorded=True):
        return toy(
            questions=ONE_QUESTION,
            solutions={"more.py": TRIPLE},
            checks=CHECK.replace("{body}", body),
            wrong_answers="",
            recorded=recorded,
        )

    return make


def mutant(source, function="triple"):
    return Mutant(function, "by hand", source, TRIPLE)


def judge(project, *sources, seconds=60.0):
    with closing(Workers(project, 1, seconds)) as workers:
        return judge_all(workers, [mutant(source) for source in sources])


def test_no_mutant_survives_good_checks(small):
    shown = []
    census = no_mutant_survives(small(), lambda done, of: shown.append((done, of)))
    count = len(mutants_of_function(TRIPLE))
    assert census.complaints == []
    assert str(census) == f"{count} mutants, {count} killed, 0 equivalent (listed), 0 survived"
    assert census.compared == count
    assert count == sum(census.ways.values()) > 20
    assert census.ways[CRASHED] > 0
    assert shown == [(done, count) for done in range(1, count + 1)]


def test_a_survivor_is_told_with_its_diff(small):
    census = no_mutant_survives(small(BLIND))
    power = [told for told in census.complaints if "+    return 3 ** x" in told]
    assert len(power) == 1
    assert power[0].splitlines() == [
        "triple (ReplaceBinaryOperator) survives",
        "     def triple(x):",
        "    -    return 3 * x",
        "    +    return 3 ** x",
    ]
    assert len(census.survived) == len(census.complaints) < len(census.killed)


def test_a_mutant_that_hangs_or_dies_is_killed_and_the_next_one_judged(small):
    verdicts = judge(
        small(),
        "def triple(x):\n    while True:\n        pass",
        "def triple(x):\n    import os\n    os._exit(0)",
        "def triple(x):\n    return 2 * x",
        TRIPLE,
        seconds=3.0,
    )
    assert [verdict.how for verdict in verdicts[:3]] == [HUNG, CRASHED, WRONG]
    assert all(verdict.is_killed for verdict in verdicts[:3])
    assert verdicts[2].failed == tuple(f"triple: triples, seed {seed}" for seed in SEEDS)
    assert not verdicts[3].is_killed
    assert str(verdicts[3]) == "survives"


def test_what_only_some_seeds_notice_is_not_killed(small):
    draws = {seed: check_generator(seed, "triple", "triples").random() for seed in SEEDS}
    low, middle, high = sorted(draws, key=draws.get)
    body = f"if rng.random() <= {draws[middle]!r}:\n        {BLIND}"
    (verdict,) = judge(small(body), "def triple(x):\n    return 2 * x")
    assert not verdict.is_killed
    assert verdict.survived == (high,)
    assert set(verdict.failed) == {f"triple: triples, seed {seed}" for seed in (low, middle)}
    assert str(verdict).startswith(f"survives with seed {high}, elsewhere fails triple: triples")


def test_a_mutant_that_makes_the_grader_fail_is_not_killed(small):
    body = "assert student.triple(np.ones(2)) @ np.ones(2) == 6"
    (verdict,) = judge(small(body), "def triple(x):\n    return 'three'")
    assert not verdict.is_killed
    assert "makes the grader fail: " in str(verdict)
    assert "triples: " in str(verdict)


def test_solutions_that_fail_stop_it(small):
    project = small("assert_close(student.triple(np.ones(2)), np.ones(2), what='y')", False)
    with pytest.raises(GradingError, match="the solutions fail triple: triples, seed 1: "):
        Workers(project, 1)


def test_questions_that_build_on_a_function_judge_it_too(toy):
    """Nothing but `together` notices it here."""
    blind = [
        f"@check({name!r})\ndef test_{name}(student):\n    'Nothing is asked.'\n"
        for name in ("double", "halve", "unhalve", "triple")
    ]
    together = """
@check("together", needs=("double", "halve"))
def test_stays_the_same(student, rng):
    'Doubling what was halved changes nothing.'
    x = rng.uniform(1.0, 2.0, 4)
    assert_close(student.double(student.halve(x, {})[0]), x, what="y")
"""
    imports = "from grader.compare import assert_close\nfrom grader.plugin import check\n"
    checks = "\n".join([imports, *blind, together])
    project = toy(checks=checks)
    source = "def double(x):\n    return 3 * x"
    with closing(Workers(project, 1)) as workers:
        (verdict,) = judge_all(workers, [mutant(source, "double")])
    assert verdict.failed[0] == "together: stays_the_same, seed 1"


# Practice and official mode.


def test_what_one_mode_notices_and_the_other_does_not_is_told(small):
    draws = {seed: check_generator(seed, "triple", "triples").random() for seed in SEEDS}
    practice = check_generator(RECORDING_SEED, "triple", "triples").random()
    body = f"if rng.random() != {practice!r}:\n        {BLIND}"  # practice does not look
    (verdict,) = judge(small(body), "def triple(x):\n    return 2 * x")
    assert practice not in draws.values()
    assert verdict.disagreements == tuple(
        f"triple: triples is passed in practice and failed with seed {seed}" for seed in SEEDS
    )
    assert verdict.is_killed
    assert verdict.compared
    (told,) = take_census([mutant(TIMES)], [verdict], []).complaints
    assert "triples is passed in practice and failed with seed" in told
    assert "+    return x * 3" in told


def test_modes_that_agree_are_no_complaint(small):
    sources = (
        "def triple(x):\n    return 2 * x",
        TRIPLE,
        "def triple(x):\n    while True:\n        pass",
    )
    wrong, right, hanging = judge(small(), *sources, seconds=3.0)
    assert wrong.disagreements == right.disagreements == hanging.disagreements == ()
    assert (wrong.compared, right.compared, hanging.compared) == (True, True, False)


# The list of equivalents.

TIMES, PLUS = "def triple(x):\n    return x * 3", "def triple(x):\n    return 3 + x"
LISTED = ("-    return 3 * x", "+    return x * 3")
SAME, CAUGHT = Verdict(survived=SEEDS), Verdict(failed=("triple: triples, seed 1",) * 3)


def census_of(*entries):
    listed = [Equivalent("triple", entry, "It is.") for entry in entries]
    return take_census([mutant(TIMES), mutant(PLUS)], [SAME, CAUGHT], listed)


def test_a_listed_survivor_is_no_complaint():
    census = census_of(LISTED)
    assert census.complaints == []
    assert str(census) == "2 mutants, 1 killed, 1 equivalent (listed), 0 survived"


def test_context_lines_may_be_listed_too():
    assert census_of((" def triple(x):", *LISTED)).complaints == []


@pytest.mark.parametrize(
    "entry",
    [
        ("-    return 3 * x", "+    return x * 4"),
        ("-    return 3 * x",),
        (" def double(x):", *LISTED),
    ],
)
def test_an_entry_without_a_mutant_is_a_complaint(entry):
    first, second = census_of(entry).complaints
    assert "no mutant is what it lists for triple:" in first
    assert all(line in first for line in entry)
    assert "survives" in second


def test_an_entry_of_another_function_does_not_count():
    listed = [Equivalent("double", LISTED, "It is.")]
    census = take_census([mutant(TIMES)], [SAME], listed)
    assert len(census.complaints) == 2
    assert len(census.survived) == 1


def test_an_entry_of_two_mutants_is_a_complaint():
    twice = "def triple(x):\n    y = x\n    y = x\n    return y"
    pair = [
        Mutant("triple", "by hand", twice.replace("y = x\n    r", "y = 0\n    r"), twice),
        Mutant("triple", "by hand", twice.replace("y = x\n    y", "y = 0\n    y"), twice),
    ]
    listed = [Equivalent("triple", ("-    y = x", "+    y = 0"), "It is.")]
    (complaint,) = take_census(pair, [SAME, SAME], listed).complaints
    assert "2 mutants are what it lists for triple:" in complaint


def test_a_listed_mutant_that_is_noticed_is_a_complaint():
    (complaint,) = census_of(LISTED, ("-    return 3 * x", "+    return 3 + x")).complaints
    assert "not equivalent, it fails triple: triples, seed 1: triple:" in complaint
    assert "+    return 3 + x" in complaint


def test_the_list_is_read(tmp_path):
    path = tmp_path / "list.toml"
    assert read_equivalents(path) == []
    path.write_text(
        "[[equivalent]]\nfunctions = ['f', 'g']\nreason = ' So. '\n"
        "diffs = ['''\n- a\n+ b\n''', '''\n  x\n- a\n''']\n"
    )
    assert read_equivalents(path) == [
        Equivalent(function, diff, "So.")
        for function in ("f", "g")
        for diff in (("- a", "+ b"), ("  x", "- a"))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[[equivalent]\n",
        "[[equivalent]]\nfunctions = ['f']\ndiffs = ['- a']\n",
        "[[equivalent]]\nfunctions = ['f']\ndiffs = ['- a']\nreason = ' '\n",
        "[[equivalent]]\nfunctions = []\ndiffs = ['- a']\nreason = 'So.'\n",
        "[[equivalent]]\nfunctions = ['f']\ndiffs = ['- a']\nreason = 'So.'\nmore = 1\n",
        "[[equivalent]]\nfunctions = ['f']\ndiffs = ['a']\nreason = 'So.'\n",
        "[[equivalent]]\nfunctions = ['f']\ndiffs = '- a'\nreason = 'So.'\n",
        "[[equivalents]]\nfunctions = ['f']\ndiffs = ['- a']\nreason = 'So.'\n",
    ],
)
def test_a_malformed_list_is_a_sentence_with_its_name(tmp_path, text):
    path = tmp_path / "list.toml"
    path.write_text(text)
    with pytest.raises(EquivalentsError, match=r"list\.toml: "):
        read_equivalents(path)


def test_the_list_of_this_project_can_be_read(project, manifest):
    listed = read_equivalents(project.solutions / law.EQUIVALENTS)
    assert {entry.function for entry in listed} <= set(manifest.functions)
    assert len({(entry.function, entry.diff) for entry in listed}) == len(listed) > 0


# What `grader verify --mutants` prints.


@pytest.mark.parametrize("survivors", [0, 1])
def test_the_last_line_is_the_count(monkeypatch, capsys, survivors):
    census = Census(
        killed=[mutant(PLUS)] * 5,
        equivalent=[mutant(TIMES)] * 2,
        survived=[mutant(TIMES)] * survivors,
        ways=Counter({WRONG: 4, CRASHED: 1}),
        complaints=["triple survives\n    + 1"] * survivors,
    )
    monkeypatch.setattr(instructor, "LAWS", {})
    monkeypatch.setattr(instructor, "no_mutant_survives", lambda project, progress: census)
    assert instructor.verify_command(mutants=True) == survivors
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == (
        f"{7 + survivors} mutants, 5 killed, 2 equivalent (listed), {survivors} survived"
    )
    assert lines[-2] == f"Of the mutants killed: 4 {WRONG}, 1 {CRASHED}."
    assert ("  triple survives" in lines) == bool(survivors)
