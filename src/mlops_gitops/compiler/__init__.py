"""Text in, artifacts out, pure: read, overlay, build the spec, check rules, render targets, emit."""
