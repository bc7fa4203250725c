"""The student process and the wire to it: the only place where student code runs.

Parent side: `process` (start, talk, deadlines, kill, restart) and `functions` (what a check holds).
Child side: `child` (runs the student's functions). Both sides: `wire` (the encoding between them).
"""
