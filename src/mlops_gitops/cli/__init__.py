"""The command line: one file a verb, which parses, calls a use case, and reports."""
