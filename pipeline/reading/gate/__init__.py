"""What every file passes before a library may read it: whole, within the limits, and without anything hidden in it."""
