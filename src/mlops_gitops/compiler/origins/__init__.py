"""Where every line of the rendered files comes from: the targets run a second time, over values that are marked.

The first run alone makes what is written.  The second one tells of its lines which keys went into them; it cannot
change a byte.
"""
