"""The pytest plugin: what makes a plain test function a check.

A check is marked with its question, its docstring is the line a student reads, and its fixtures are

- `student`    the submission's functions, run in the student process;
- `reference`  the right answers;
- `rng`        a random generator, seeded for this check alone;
- `verdicts`   what became of the questions before, for a check that builds on them;
- `conventions`  what the course has chosen, from the manifest.

`grader grade` drives the checks through `grading` and `judging`; `pytest grader/checks` works too
and grades `starter_code` in practice mode, or the folder given by `--submission`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from grader.manifest import Manifest

if TYPE_CHECKING:
    from grader.judging import Judge
    from grader.reference import Oracle
    from grader.student.functions import Student


def check(
    question: str,
    *,
    weight: int = 1,
    edge: bool = False,
    after_main: bool = False,
    needs: tuple[str, ...] = (),
) -> pytest.MarkDecorator:
    """Mark a test function as a check of a question.

    weight: share of the question's points, relative to its other checks.
    after_main: the check counts only once the question's main check passes, its first that is
        neither this nor an edge check; so that an answer which computes nothing earns nothing.
    edge: likewise, and it is about unusual input that no other question needs.
    needs: questions whose value checks must pass first; otherwise the check is blocked.

    A check of several questions alike is parametrized over them, with one mark per parameter; the
    inputs are drawn inside, because what parametrize sees is fixed when checks are collected.
    """
    return pytest.mark.check(
        question, weight=weight, edge=edge, after_main=after_main or edge, needs=needs
    )


OPTIONS = {"weight", "edge", "after_main", "needs"}


class CheckError(Exception):
    """A check is written wrongly: the sentence tells its author what to change."""


@dataclass(frozen=True)
class CheckSpec:
    """A collected check."""

    name: str
    question: str
    title: str
    weight: int
    edge: bool
    after_main: bool
    needs: tuple[str, ...]

    @property
    def rank(self) -> int:
        """Its place among its question's checks: the main check is first, edge checks are last."""
        return self.after_main + self.edge


def read_spec(item: pytest.Item, manifest: Manifest) -> CheckSpec:
    """The check that a collected test is; CheckError if its mark or docstring is not right."""
    where = f"{item.path.name}: {item.name}"
    mark = item.get_closest_marker("check")
    if mark is None:
        raise CheckError(f"{where}: it has no @check(question)")
    if len(mark.args) != 1 or mark.kwargs.keys() != OPTIONS:
        raise CheckError(f"{where}: mark it with @check(question, ...) of grader.plugin")
    question, options = mark.args[0], mark.kwargs
    names = [q.name for q in manifest.questions]
    for name in (question, *options["needs"]):
        if name not in names:
            raise CheckError(f"{where}: the manifest has no question {name!r}")
    if type(options["weight"]) is not int or options["weight"] < 1:
        raise CheckError(f"{where}: its weight must be a positive whole number")
    function = getattr(item, "function", None)
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise CheckError(f"{where}: it is no plain function, so that calling it checks nothing")
    docstring = inspect.getdoc(function)
    if not docstring:
        raise CheckError(f"{where}: it has no docstring, and that is what a student reads")
    return CheckSpec(
        getattr(item, "originalname", item.name).removeprefix("test_"),
        question,
        docstring.partition("\n\n")[0].replace("\n", " ").rstrip("."),
        options["weight"],
        options["edge"],
        options["after_main"],
        tuple(options["needs"]),
    )


# What checks are given, by the name that they ask for it under.
FIXTURES: dict[str, Callable[[Judge, pytest.Item], Any]] = {
    "student": lambda judge, item: judge.student,
    "reference": lambda judge, item: judge.reference(item),
    "rng": lambda judge, item: judge.draws(item),
    "verdicts": lambda judge, item: judge,
    "conventions": lambda judge, item: judge.manifest.conventions,
}


class ChecksPlugin:
    """Gives checks their fixtures and hands their verdicts to the judge."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.broken: list[BaseException] = []  # what the judge itself raised
        self._plain: dict[str, tuple[str, ...] | None] = {}  # by item: see `_fixtures_of`

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The submission's functions."""
        return self._give("student", request)  # type: ignore[no-any-return]

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Oracle:
        """The right answers."""
        return self._give("reference", request)  # type: ignore[no-any-return]

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Any:
        """A random generator, seeded for this check alone."""
        return self._give("rng", request)

    @pytest.fixture
    def verdicts(self, request: pytest.FixtureRequest) -> Judge:
        """What earlier questions came to: `is_sound`, `known_mistake`, `wait_for`."""
        return self._give("verdicts", request)  # type: ignore[no-any-return]

    @pytest.fixture
    def conventions(self, request: pytest.FixtureRequest) -> Mapping[str, str]:
        """What the course has chosen where there is a choice, from the manifest."""
        return self._give("conventions", request)  # type: ignore[no-any-return]

    def _give(self, name: str, request: pytest.FixtureRequest) -> Any:
        return FIXTURES[name](self.judge, request.node)

    def run_plain(self, item: pytest.Function) -> bool:
        """Run a check without pytest, if it is a plain one.

        Pytest does about as much work around a test as a check takes. False: the check has marks,
        fixtures or parameters that only pytest knows. (Set-up of the package that the checks are
        in, and plugins that a file of checks asks for, are for pytest's own runs alone.)
        """
        fixtures = self._fixtures_of(item)
        if fixtures is None:
            return False
        judge = self.judge
        try:
            given = {name: FIXTURES[name](judge, item) for name in fixtures}
        except Exception as error:  # recordings are missing, say
            judge.not_run(item, error)
            return True
        judge.judge(item, item.obj, {**_parameters_of(item), **given})
        return True

    def following(self, later: Iterable[pytest.Function]) -> pytest.Function | None:
        """What pytest runs next: it has to know, to keep or to end the fixtures of a module."""
        return next((item for item in later if self._fixtures_of(item) is None), None)

    def _fixtures_of(self, item: pytest.Function) -> tuple[str, ...] | None:
        """The fixtures above that a plain check uses; None: it is not a plain one."""
        if item.nodeid not in self._plain:
            parameters, arguments = _parameters_of(item), _arguments_of(item)
            fixtures = set(item.fixturenames).difference(parameters)
            plain = (
                item.cls is None
                and arguments is not None
                and "request" not in arguments
                # Neither it nor one of its parameters has a mark that pytest would act on.
                and all(mark.name in ("check", "parametrize") for mark in item.iter_markers())
                and all(_maker(item, name) is self for name in fixtures - {"request"})
                and all(_is_direct(item, name) for name in parameters)
            )
            asked = tuple(name for name in arguments or () if name in fixtures)
            self._plain[item.nodeid] = asked if plain else None
        return self._plain[item.nodeid]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Validate and order the checks, and leave out those of other questions."""
        self.judge.adopt(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """See to it that no fault of the grader's own stays inside pytest."""
        if call.excinfo is not None and not self.judge.raising:
            if call.when == "setup":  # a fixture: recordings are missing, say
                self.judge.not_run(item, call.excinfo.value)
            else:
                self.broken.append(call.excinfo.value)
        return (yield)

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the check through the judge."""
        names = inspect.signature(pyfuncitem.obj).parameters
        given = pyfuncitem.funcargs
        arguments = {name: given[name] for name in names if name in given}  # else it has a default
        self.judge.judge(pyfuncitem, pyfuncitem.obj, arguments)
        return True


def _parameters_of(item: pytest.Function) -> Mapping[str, Any]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _maker(item: pytest.Function, fixture: str) -> object:
    """The plugin whose method a fixture is; None: it is no method, or overrides another fixture."""
    definitions = _definitions(item, fixture)
    return getattr(definitions[0].func, "__self__", None) if len(definitions) == 1 else None


def _is_direct(item: pytest.Function, parameter: str) -> bool:
    """Whether a parameter is given as it is, and not to a fixture that makes something of it."""
    definitions = _definitions(item, parameter)
    return bool(definitions) and definitions[-1].func.__module__ == "_pytest.python"


# What pytest has found out of a check, and has no public word for. Should it ever be named
# otherwise, no check is plain, and pytest runs them all, which takes longer.


def _arguments_of(item: pytest.Function) -> Sequence[str] | None:
    """The names of what a check's function asks for; None: pytest does not tell."""
    return cast("Sequence[str] | None", getattr(_fixture_info(item), "argnames", None))


def _definitions(item: pytest.Function, name: str) -> Sequence[Any]:
    """The fixtures that a name stands for, the one that counts last."""
    definitions = getattr(_fixture_info(item), "name2fixturedefs", {})
    return cast(Sequence[Any], definitions.get(name, ()))


def _fixture_info(item: pytest.Function) -> Any:
    return getattr(item, "_fixtureinfo", None)
