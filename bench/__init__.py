"""Measures the product as an operator starts it: speed, memory and start, next to a floor of the same run."""
