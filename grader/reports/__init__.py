"""Reports: one writer for each format, all derived from a result."""
