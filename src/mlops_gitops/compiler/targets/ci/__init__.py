"""The CI files: what starts a project's pipeline, and a job a stage, for GitLab CI and for GitHub Actions.

``stage_jobs`` and ``scripts`` say what is the same for both; the other modules say it in each one's language.
"""
