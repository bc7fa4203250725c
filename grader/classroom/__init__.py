"""A class: who handed in what, what came of it, what it counts, and where the grades go."""
