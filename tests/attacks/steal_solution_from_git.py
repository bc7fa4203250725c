# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Decompresses the objects of the project's git repository until one holds the answer."""

import glob
import os
import zlib

import assignment

root = os.path.dirname(next(iter(assignment.__path__)))
git = os.path.join(root, ".git")
if os.path.isfile(git):
    with open(git) as pointer:
        git = pointer.read().split(": ")[1].strip().partition("/worktrees")[0]
found = []
for path in glob.glob(f"{git}/objects/??/*"):
    with open(path, "rb") as packed:
        blob = zlib.decompress(packed.read())
    if b"v = config[" in blob and b"def sgd_momentum" in blob:
        found.append(blob.partition(b"\0")[2])
exec(found[0])
