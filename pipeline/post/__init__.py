"""What leaves by mail: who is written to about what, at most once, and what the server said."""
