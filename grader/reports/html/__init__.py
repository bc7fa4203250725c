"""The report as a web page: one self-contained file, without scripts and without the network."""
