"""What the figures say, computed from frames and returned as frames or small frozen results."""
