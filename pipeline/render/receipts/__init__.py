"""回执: what goes back to a district for each file that it sent.

In comes what was found in a file; out comes the district's own workbook with marks on its cells, or a workbook with the list alone. The
original in the archive is never changed, and nothing is sent from here.

`receipt_files` begins and names them, `receipt_workbook` puts the list together, `receipt_words` holds the sentences.
"""
