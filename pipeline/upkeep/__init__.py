"""Whether the office is sound, and how it is mended."""
