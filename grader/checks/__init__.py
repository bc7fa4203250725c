"""The checks: plain pytest functions, one module per file that students hand in."""
