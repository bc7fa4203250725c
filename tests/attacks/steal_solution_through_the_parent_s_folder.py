# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Reaches the solutions through the parent's working directory or root in /proc."""

import os

pid = os.getppid()
tries = [f"/proc/{pid}/{name}/solutions/optim.py" for name in ("cwd", "root", "cwd/..")]
while pid > 1:
    with open(f"/proc/{pid}/stat") as stat:
        pid = int(stat.read().rpartition(")")[2].split()[1])
    tries.append(f"/proc/{pid}/cwd/solutions/optim.py")
found = [path for path in tries if os.path.exists(path)]
with open(found[0]) as stolen:
    exec(stolen.read())
