"""A made-up class has answers to mark."""

from grader.classroom.demo_answers import notebooks_of
from grader.labs.answers import answers_in


def test_every_question_is_answered_by_most_and_by_some_with_nothing(manifest):
    students = [f"student{number:05}" for number in range(60)]
    notebooks = [notebooks_of(manifest, 3, student) for student in students]
    assert notebooks == [notebooks_of(manifest, 3, student) for student in students]
    assert notebooks != [notebooks_of(manifest, 4, student) for student in students]
    assert 0 < notebooks.count({}) < 20
    names = {question.name for question in manifest.manual}
    texts = []
    for there in filter(None, notebooks):
        found, unreadable = answers_in(there, manifest.manual)
        assert (set(found), unreadable) == (names, [])
        texts += found.values()
    assert "" in texts
    assert 10 < len(set(texts)) < len(texts)
