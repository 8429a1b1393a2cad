"""What is in the inbox, and whether it is safe.

In come files; out come arrivals in ledger and archive, read and filed. A file leaves the inbox only when it is safe in the archive, and
nothing is dropped in silence. What a workbook's rows mean for the register is not judged here.
"""
