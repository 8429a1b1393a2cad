"""What is known for good."""
