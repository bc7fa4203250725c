# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Raises an exception whose text and name are format strings and markup, for whoever renders them."""

TEXT = "{0.__class__.__init__.__globals__} {function!r:>1000000} %(score)s [bold]100/100[/bold] <b>"


def sgd_momentum(w, dw, config=None):
    raise type(TEXT, (Exception,), {})(TEXT)
