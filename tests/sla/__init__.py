"""The policy file and the first-response clock."""
