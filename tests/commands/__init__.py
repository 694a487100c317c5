"""The operators' commands, through Flask's runner."""
