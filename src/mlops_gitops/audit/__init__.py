"""Reading back from git what was done, by whom and on which evidence: pure; a use case hands it what git holds."""
