"""A sender's own workbook goes back with its receipt: every finding on its cell, and the sheet 回执 in front.

In come a workbook's bytes that the gate has found whole, and what its receipt says (`receipt_layout.ReceiptLines`). Out go the bytes of
the marked workbook, with all that can be kept of the sender's own, or NotMarkableError: then the list goes back alone.

It runs only in a confined process, since openpyxl takes a stranger's file apart here. It writes no file, keeps nothing, and lets
no personal number through; what it writes reads like the original, cell by cell, or does not go.
"""
