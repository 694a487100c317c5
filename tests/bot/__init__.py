"""The shell in one process, verb by verb, on both databases."""
