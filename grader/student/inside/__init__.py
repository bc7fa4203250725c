"""What runs inside the student process, beside the student's code.

Nothing here may import the rest of the grader: only its siblings and `wire`, and those relatively,
because the process loads them under another package name. It holds no answer, seed or verdict.
"""
