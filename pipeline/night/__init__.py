"""In what order the night's run goes."""
