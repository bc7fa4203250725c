# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Replaces json.dumps, so that the reply says passed whatever was computed."""

import json

json.dumps = lambda value, **options: '[{"d":[["status","passed"],["score",100]]}]'


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
