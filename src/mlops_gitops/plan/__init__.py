"""What a change means, in words: two compilations compared by meaning, from git alone."""
