"""Aliases: where each of them stands, and what it repeats.

The composer gives one node for an anchor and all its aliases, with the anchor's marks.  So the tree is walked once, in
the order of the text, beside the list of the aliases that the parser met: a node that is met again is the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

Slot = tuple[int, int]
"""A node (its ``id``) and which of its children: an item, or of a mapping's pairs keys and values in turn."""


class Use(NamedTuple):
    """One alias in the text."""

    start: yaml.Mark
    end: yaml.Mark

    def of(self, node: yaml.Node) -> yaml.Node:
        """The node as it stands here: this place, and the place of what is repeated as its ``origin``."""
        copy = type(node)(node.tag, node.value, self.start, self.end)
        # Nodes carry what they are given; a class of its own for each of three kinds would say no more.
        copy.origin = node  # type: ignore[attr-defined]
        return copy


def uses_by_slot(root: yaml.Node, uses: Sequence[Use]) -> dict[Slot, Use]:
    """Which children of which nodes are aliases; ``uses`` in the order of the text."""
    if not uses:
        return {}
    found, left, seen = dict[Slot, Use](), iter(uses), set[int]()

    def walk(node: yaml.Node) -> None:
        seen.add(id(node))
        for slot, child in enumerate(children(node)):
            if id(child) in seen:
                found[id(node), slot] = next(left)
            else:
                walk(child)

    walk(root)
    return found


def children(node: yaml.Node) -> Iterator[yaml.Node]:
    """A collection's nodes in the order of the text."""
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
