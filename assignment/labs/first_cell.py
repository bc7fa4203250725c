# %% name="set-up"
# Run this cell first: it finds the assignment, your files and the tools of this lab.
import sys
from pathlib import Path

here = Path.cwd()
near = (here, *here.parents, *sorted(path for path in here.iterdir() if path.is_dir()))
roots = [str(path) for path in near if (path / "assignment" / "questions.toml").is_file()]
if not roots:
    raise FileNotFoundError(f"no assignment in, above or just below {here}: unpack it there")
sys.path.insert(0, roots[0])

from assignment.lab_tools import QUICK, cifar10, progress, start, written

start()  # what you save in your files counts at once; unfinished functions get one sentence

import matplotlib.pyplot as plt
import numpy as np

import dropout
import normalization
import optim
from assignment import figures
from grader.labs.inline import check

figures.use_style()
