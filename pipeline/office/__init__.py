"""What a person asks outside the night."""
