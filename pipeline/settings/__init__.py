"""What the office decided."""
