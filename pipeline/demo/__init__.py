"""An office with a made-up week, to try the program on.

In comes an empty folder; out come settings and an inbox as nine districts would have filled it, and the consolidated week. Every name is
made up, and no office but its own is touched.
"""
