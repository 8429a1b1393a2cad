"""What is said about a day."""
