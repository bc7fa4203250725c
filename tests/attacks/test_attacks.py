"""Every attack, in every mode: the exact verdicts, and an honest submission after it.

A mode is a way to provide student processes (`modes.py`), an attack is a file in this folder
(`attack.py` says how to read one). All attacks of a mode go through one worker.
"""

import json
import py_compile
import sys

import pytest

from grader.results import Status, to_dict
from tests.attacks.attack import AttackError, expected_status, read_attack
from tests.attacks.conftest import ATTACKS, SHOWN
from tests.attacks.modes import MODES

# Elsewhere nothing limits the memory of a process, and what attacks use is not there.
linux = pytest.mark.skipif(sys.platform != "linux", reason="attacks are run on Linux only")


def pairs(*, without=False):
    """(mode, attack) for every attack that may run in the mode."""
    found = []
    for mode, provider in MODES.items():
        for attack in ATTACKS.values():
            lacking = bool(attack.stopped_by) and attack.stopped_by not in provider.layers
            if without:
                chosen = provider.lacking == attack.stopped_by != "" and attack.without
            elif provider.lacking:
                chosen = False
            else:
                chosen = not lacking and (provider.confined or attack.modes == "any")
            if chosen:
                known = pytest.mark.xfail(reason=attack.known, strict=True)
                marks = [known] if attack.known and not without else []
                found.append(pytest.param(mode, attack, id=f"{mode}-{attack.name}", marks=marks))
    return found


def assert_statuses(arena, found, expected):
    named = {
        (question, check)
        for question, statuses in expected.items()
        if not isinstance(statuses, str)
        for check in statuses.keys() - {"*"}
    }
    assert named <= arena.known_checks, "it expects something of checks that do not exist"
    wanted = {
        (question, check): expected_status(expected, question, check)
        for question, check in found.statuses
        if question in expected or "*" in expected
    }
    got = {key: found.statuses[key] for key in wanted}
    if "*" in expected:  # everything is zero: what needs something else waits for it
        got = {key: "missing" if s == Status.BLOCKED else s for key, s in got.items()}
        assert found.result.score == 0
    assert got
    assert {key: s for key, s in got.items() if s != wanted[key]} == {}


@linux
@pytest.mark.parametrize(("mode", "attack"), pairs())
def test_gets_the_marks_it_deserves(arena, mode, attack):
    found = arena.found(mode, attack)
    assert_statuses(arena, found, attack.expects)
    assert found.result.score is not None
    if attack.is_archive:
        assert found.refused == (attack.refused or "")
    shown = json.dumps(to_dict(found.result)["questions"])
    assert [word for word in SHOWN if word in shown] == []
    assert not any(ord(c) < 32 and c != "\n" for text in texts(found.result) for c in text)


def texts(result):
    """What is said of a submission."""
    for question in result.questions:
        for check in question.checks:
            yield from (check.message, *check.notes)
    yield result.output


@linux
@pytest.mark.parametrize(
    ("mode", "attack"), [pytest.param(*param.values, id=param.id) for param in pairs()]
)
def test_harms_nobody_after_it(arena, mode, attack):
    honest = arena.found(mode, attack).honest
    assert honest
    assert {key: s for key, s in honest.items() if s != Status.PASSED} == {}


@linux
@pytest.mark.parametrize(("mode", "attack"), pairs(without=True))
def test_would_succeed_without_the_layer_that_stops_it(arena, mode, attack):
    assert_statuses(arena, arena.found(mode, attack), attack.without)


@linux
def test_nothing_is_left_behind(arena):
    """Last of the tests that run attacks: no process, marked file or shared memory stays."""
    leftovers = arena.leftovers()
    assert leftovers.processes == set()
    assert leftovers.files == set()
    assert leftovers.shared_memory == set()


# The attacks themselves.


def test_there_are_many():
    assert len(ATTACKS) >= 85
    titles = [attack.title for attack in ATTACKS.values()]
    assert len(set(titles)) == len(titles)
    for layer in ("rlimits", "landlock", "seccomp"):
        assert any(a.stopped_by == layer and a.without for a in ATTACKS.values())


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_is_well_formed(attack, manifest, tmp_path):
    py_compile.compile(str(attack.path), cfile=str(tmp_path / "compiled"), doraise=True)
    assert attack.title.endswith((".", "?"))
    if not attack.is_archive:
        files = {
            function.file
            for name in attack.questions
            for function in manifest.question(name).functions
        }
        assert attack.file in files
        assert attack.file not in attack.beside
        assert files <= {attack.file, *attack.beside}


GOOD = '''# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# adam = { "*" = "crashed", takes_float32 = "failed" }
# ///
"""Divides by zero."""
1 / 0
'''


def test_a_block_is_read(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(GOOD)
    attack = read_attack(path)
    assert (attack.name, attack.file, attack.questions) == ("mine", "optim.py", ("adam",))
    assert attack.title == "Divides by zero."
    assert expected_status(attack.expects, "adam", "takes_float32") == "failed"
    assert expected_status(attack.expects, "adam", "another") == "crashed"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("# /// attack", "#", "0 blocks"),
        ("1 / 0", "1 /", "does not compile"),
        ('"""Divides by zero."""', "", "no docstring"),
        ('"any"', '"some"', "modes must be"),
        ('modes = "any"', "modes = any", "not TOML"),
        ('modes = "any"', 'modes = "any"\n# mode = 1', "unknown fields: mode"),
        ('modes = "any"', 'modes = "any"\n# stopped_by = "luck"', "stopped_by must be"),
        ('file = "optim.py"', 'kind = "archive"', "a function `write"),
        ('file = "optim.py"', 'kind = "module"', "it needs `file`"),
        ('"crashed"', '"error"', "a status that no check can have"),
        ('"crashed"', '"lost"', "a status that no check can have"),
    ],
)
def test_a_wrong_block_is_refused(tmp_path, old, new, why):
    path = tmp_path / "mine.py"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(AttackError, match=why):
        read_attack(path)
