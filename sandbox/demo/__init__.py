"""``make demo``: the product as production runs it, the sandbox beside it, and one story to watch and continue."""
