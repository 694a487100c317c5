"""What stops the start, and in which words."""
