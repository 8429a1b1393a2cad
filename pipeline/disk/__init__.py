"""How bytes are kept."""
