"""Pictures as inline SVG, one kind a file: pure functions from numbers to markup.

Positions run in percent of the width and in pixels down, so that a picture fills a phone as well as a desk without its
letters being squeezed.  Every colour is a class that the page's stylesheet knows, so dark pages and print follow; every
meaning has a shape or a word beside its colour.
"""
