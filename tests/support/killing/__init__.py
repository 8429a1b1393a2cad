"""Kills the program, or fails its calls, at every point where it changes something on the disk, and looks at what it comes to."""
