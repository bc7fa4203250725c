"""The grader: runs a student's functions in their own process and judges what comes back."""

__version__ = "0.1.0"
