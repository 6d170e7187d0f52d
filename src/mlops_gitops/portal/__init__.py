"""Pages for people: each one HTML file that needs no network and no script, made purely from recorded results."""
