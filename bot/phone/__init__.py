"""SHELL: calls to our own number, on the line and what follows from them."""
