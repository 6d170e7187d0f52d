"""One verb a file: what the command line and the portal call; I/O reaches these only through ports."""
