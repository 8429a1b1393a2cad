"""Renderers: fonts, colours and layout, never numbers."""
