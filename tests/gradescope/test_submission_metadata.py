"""Gradescope's submission_metadata.json: what is taken from it, whatever is in it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.gradescope.submission_metadata import MetadataError, read_submission_metadata

# As Gradescope documents it.
EXAMPLE = {
    "id": 123456,
    "created_at": "2018-07-01T14:22:32.365935-07:00",
    "assignment": {
        "due_date": "2018-07-31T23:00:00.000000-07:00",
        "group_size": 4,
        "group_submission": True,
        "id": 25828,
        "course_id": 1234,
        "late_due_date": None,
        "release_date": "2018-07-02T00:00:00.000000-07:00",
        "title": "Programming Assignment 1",
        "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [
        {
            "submission_time": "2017-04-06T14:24:48.087023-07:00",
            "score": 0.0,
            "autograder_error": False,
            "results": {},
        },
        {
            "submission_time": "2017-04-06T14:24:48.087023-07:00",
            "autograder_error": True,
            "results": {},
        },
    ],
}


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "submission_metadata.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read_submission_metadata(path)

    return read


def test_attempts_and_times(read):
    about = read(EXAMPLE)
    assert about.attempts == 2, "an attempt that Gradescope could not grade is none"
    assert about.times == {
        "submitted_at": "2018-07-01T21:22:32.365935+00:00",
        "due": "2018-08-01T06:00:00+00:00",
    }


def test_what_is_absent_or_odd_is_left_out(read):
    for odd in ({}, {"created_at": 5, "assignment": [], "previous_submissions": {"a": 1}}):
        assert read(odd) == read({})
    assert read({"created_at": "tomorrow", "assignment": {"due_date": "9999-99-99"}}).times == {}
    assert read({"previous_submissions": [None, {}, 3, {}]}).attempts == 3


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b"1" * 10_000]
)
def test_what_is_no_metadata_is_one_error(read, content):
    with pytest.raises(MetadataError, match=r"submission_metadata\.json"):
        read(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MetadataError, match="cannot be read"):
        read_submission_metadata(tmp_path / "submission_metadata.json")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("2026-03-01T10:00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["due_date", "autograder_error", "x"]), inner, max_size=3)
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*EXAMPLE, "other"]), values))
def test_any_json_object_is_metadata(read, tree):
    about = read(tree)
    assert about.attempts >= 1
    assert set(about.times) <= {"submitted_at", "due", "late_due"}
