"""Secrets written in plain text, anywhere in a project: found by shape, by name and by chance; never shown.

``scan`` is the way in for one text, ``report`` for the files of a tree.  All of it is pure: texts come in, findings and
masked texts go out.
"""
