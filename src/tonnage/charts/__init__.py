"""Tables to figures: each function takes frames and returns a matplotlib Figure."""
