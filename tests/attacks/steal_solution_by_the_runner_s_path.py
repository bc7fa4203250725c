# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Learns where the project is from the file names in the frames that run it, not from assignment."""

import importlib.util
import pathlib
import sys

frame = sys._getframe()
while frame.f_back is not None:
    frame = frame.f_back
for folder in pathlib.Path(frame.f_code.co_filename).parents:
    if (folder / "solutions").is_dir():
        path = folder / "solutions" / "optim.py"
spec = importlib.util.spec_from_file_location("stolen", path)
stolen = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stolen)
sgd_momentum = stolen.sgd_momentum
