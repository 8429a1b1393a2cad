"""What is true on a day."""
