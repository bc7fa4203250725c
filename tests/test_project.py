"""Finding the assignment's folders."""

import pytest

from grader.project import Project, ProjectError, find_project


def test_the_project_is_found_from_any_folder_inside_it(toy):
    made = toy(recorded=False)
    for start in (made.root, made.solutions, made.checks):
        assert find_project(start).root == made.root.resolve()


def test_the_working_directory_is_where_it_starts(toy, monkeypatch):
    made = toy(recorded=False)
    monkeypatch.chdir(made.solutions)
    assert find_project().root == made.root.resolve()


def test_elsewhere_it_is_the_graders_own(tmp_path, project):
    assert find_project(tmp_path).root == project.root


def test_where_there_is_none_the_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.project.__file__", str(tmp_path / "grader" / "project.py"))
    with pytest.raises(ProjectError, match="Change into"):
        find_project(tmp_path)


def test_only_the_instructors_copy_has_solutions(toy):
    made = toy(recorded=False)
    assert made.is_instructors
    made.require_solutions("grader build")
    students = Project(made.root / "assignment")
    assert not students.is_instructors
    with pytest.raises(ProjectError, match="grader build"):
        students.require_solutions("grader build")
