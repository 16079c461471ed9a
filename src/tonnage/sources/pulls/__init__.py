"""How each source is asked over the network: one protocol a module."""
