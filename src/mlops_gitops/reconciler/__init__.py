"""Decide what has to be done so that a target holds what git says: pure functions over resources, no I/O, no clock."""
