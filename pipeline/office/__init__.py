"""What a person asks outside the night: who has reported, what is wrong with a file, what the next forms would be.

In come a question and the office's settings; out comes an answer, for the terminal or the upload page. Nothing is taken in, and nothing
that was published changes.
"""
