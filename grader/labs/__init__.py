"""Labs: notebooks made from percent-format sources, executed, and what they show inline.

nbformat and nbclient are imported where they are used: grading never needs them.
"""

SUFFIX = ".ipynb"
QUESTION, ANSWER, PICTURE = "question", "answer", "picture"  # tags of cells
EMPTY_ANSWER = "*Your answer:*"
SET_UP = "set-up"  # the name of the cell that all labs share
