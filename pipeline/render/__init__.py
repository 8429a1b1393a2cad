"""How it looks: fonts, colours and layout, never numbers.

In comes a `Report`; out come the bytes of every document, listed once in `documents`. A renderer computes no figure and opens no file but a
template. What a user typed never becomes markup or a formula.
"""
