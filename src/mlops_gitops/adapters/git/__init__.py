"""The git adapter: commits read as source trees, and written on a temporary index beside the user's own work."""
