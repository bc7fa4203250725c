# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Takes the block on solutions out of sys.modules and imports them from the project's folder."""

import os
import sys

import assignment

for name in ("solutions", "grader"):
    sys.modules.pop(name, None)
sys.path.insert(0, os.path.dirname(next(iter(assignment.__path__))))
from solutions.optim import sgd_momentum  # noqa: E402, F401
