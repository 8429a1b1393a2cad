"""What a workbook says, by itself.

In come the bytes of one file and the envelope that it came in; out comes a `Reading`: district, day, understood rows, and every finding
with its cell. Strangers' bytes are read in processes that can do nothing else. Nothing here knows the register, another file or another
day.
"""
