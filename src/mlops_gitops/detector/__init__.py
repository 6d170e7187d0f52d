"""What changed since a model was released: drift of its inputs and scores, regression of its metrics, and one verdict.

Read it bottom up: ``columns`` cleans values, ``references`` and ``baseline`` keep what the released version saw,
``tables`` and ``drift`` compare columns, ``confusion``, ``regression`` and ``paired`` compare metrics, ``verdict`` says
the word.  Nothing here reads a file, a clock or the network.
"""
