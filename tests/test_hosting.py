"""A host that was opened ahead is the next one that is asked for, once."""

from grader import hosting


def test_a_host_can_be_opened_ahead(project, monkeypatch):
    opened = []
    monkeypatch.setattr(hosting.hosts, "open_host", lambda _: opened.append(1) or len(opened))
    hosting.open_ahead(project)
    assert (hosting.open_host(project), hosting.open_host(project)) == (1, 2)
