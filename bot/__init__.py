"""SHELL: one module a verb; every write transaction begins here."""
