"""The doors for machines, through Flask's test client."""
