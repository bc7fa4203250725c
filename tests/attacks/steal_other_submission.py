# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Looks among all objects for the submission that was graded before by the same worker."""

import gc
import linecache
import sys

OWN = "Looks among all objects"
sources = []
for thing in gc.get_objects():
    if type(thing) is dict:
        sources += [value for value in list(thing.values()) if type(value) in (str, bytes)]
    elif type(thing) is list:
        sources += [value for value in thing if type(value) in (str, bytes)]
for entry in linecache.cache.values():
    sources.append("".join(entry[2]) if len(entry) == 4 else "")
texts = [s if isinstance(s, str) else s.decode("utf-8", "replace") for s in sources]
found = [
    text
    for text in texts
    if "def sgd_momentum(" in text and OWN not in text and text.count("\n") > 5
]
modules = [
    m for name, m in list(sys.modules.items()) if hasattr(m, "sgd_momentum") and name != "optim"
]
if modules:
    sgd_momentum = modules[0].sgd_momentum
else:
    exec(found[0])  # IndexError: there is none
