"""Gradescope's metadata: read as Ruby writes it, and not to be forged by what a program printed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.gradescope_metadata import Submitter, parse_metadata

EXPORT = """---
submission_1001:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@x.org
  :created_at: 2026-03-01 07:06:13.466438000 Z
  :score: 85.0
  :status: processed
  :results:
    :output: |-
      submission_9999:
        :submitters:
        - :name: Mallory
      :created_at: 1999-01-01 00:00:00 Z
    :tests:
    - :name: Mallory
      :email: mallory@x.org
  :history:
  - :id: 1000
    :created_at: 2026-02-01 00:00:00.000000000 Z
submission_1002:
  :submitters:
  - :name: "Zo\\xEB \\u0160 \\"Z\\""
    :sid:
    :email: zoe@x.org
  - :name: 'Bob ''B'' Li'
    :sid: ''
    :email: bob@x.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2026-03-02 07:06:13.466438000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/Los_Angeles
    time: 2026-03-01 23:06:13.466438000 Z
  :score:
"""


def test_submitters_and_times_as_ruby_writes_them():
    found = parse_metadata(EXPORT)
    assert list(found) == ["submission_1001", "submission_1002"]
    first, second = found.values()
    assert first.submitters == (Submitter("Ada Lovelace", "0042", "ada@x.org"),)
    assert first.created_at == datetime(2026, 3, 1, 7, 6, 13, 466438, tzinfo=UTC)
    assert second.submitters == (
        Submitter('Zoë Š "Z"', "", "zoe@x.org"),
        Submitter("Bob 'B' Li", "", "bob@x.org"),
    )
    assert second.created_at == datetime(2026, 3, 2, 7, 6, 13, 466438, tzinfo=UTC)


def test_line_ends_of_windows():
    assert parse_metadata(EXPORT.replace("\n", "\r\n")) == parse_metadata(EXPORT)


def test_keys_without_colons_and_long_names():
    (found,) = parse_metadata(
        "'submission_1.zip':\n  submitters:\n  - name: A very long\n      name of two lines\n"
        "    email: a@x\n"
    ).values()
    assert found.submitters == (Submitter("A very long name of two lines", "", "a@x"),)
    assert found.created_at is None


def test_a_separator_of_lines_that_is_none_in_yaml_forges_nothing():
    text = EXPORT.replace(
        "processed", '"a\u2028submission_7:\u2028  :submitters:\x0bsubmission_8:"'
    )
    assert list(parse_metadata(text)) == ["submission_1001", "submission_1002"]


@given(st.text(), st.text("submission_1: \n'\"-:name\\x"))
def test_any_text_is_read(text, like):
    for some in (text, like, f"submission_1:\n  :submitters:\n  - :name: {like}"):
        for metadata in parse_metadata(some).values():
            assert isinstance(metadata.submitters, tuple)
