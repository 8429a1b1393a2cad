"""Word and PDF."""
