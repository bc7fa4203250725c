"""Grading on Gradescope: what is uploaded, what its image is tested for, and one submission."""
