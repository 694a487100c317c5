"""The machine and the phrase books, from the customer's side."""
