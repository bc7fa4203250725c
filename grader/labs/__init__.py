"""Labs: notebooks made from percent-format sources, executed, and what they show inline.

nbformat and nbclient are imported where they are used: grading never needs them.
"""
