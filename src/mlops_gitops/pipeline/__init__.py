"""How stages become a run: their contract, order, cache keys, gates and report; pure, without I/O or a clock."""
