"""What goes back to the districts."""
