"""What lies in the inbox, and whether it is safe."""
