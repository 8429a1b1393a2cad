"""An office with a made-up week."""
