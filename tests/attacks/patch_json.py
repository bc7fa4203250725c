# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Replaces what writes JSON, so that the reply says passed whatever was computed."""

import json

PASSED = '[{"d":{"status":"passed","score":100}}]'
json.dumps = lambda value, **options: PASSED
json.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda self, value, **options: PASSED


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
