"""What is written for a day, and when again."""
