"""Ways into the inbox. A door deposits a file and its envelope there, and reads nothing of what is in it."""
