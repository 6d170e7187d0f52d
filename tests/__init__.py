"""The tests.  A package, so that no `tests` that some dependency brings along is taken for it."""
