"""GitLab and GitHub as CI jobs see them: what their variables say, and the discussion of a merge request."""
