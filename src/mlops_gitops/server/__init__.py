"""The model server: one project's released model behind the Open Inference Protocol V2 and a plain HTTP form.

A process of its own, ``python -m mlops_gitops.server``: it loads one package by the digest that git pins, answers,
counts and keeps a record of what it answered.  It decides nothing: which version it serves is in its configuration.
"""
