"""All I/O behind the ports: files, git, processes, endpoints, stores; ``wiring`` picks and builds them."""
