"""What is said about a day.

In comes the state of a day with the files behind it; out comes one `Report`: every figure with its cases, what changed, what needs
somebody, who reported. It is a value: no colour, no layout, no file.
"""
