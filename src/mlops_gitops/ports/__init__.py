"""What the use cases need of the outside world, one Protocol a file; ``adapters`` holds the real ones."""
