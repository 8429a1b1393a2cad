"""What every file passes before a library may read it.

In come the bytes of a stranger's file: .xlsx, .xlsb, .xls, .et or .ods, recognized by content and not by name. Out goes a
`SafeWorkbook`: an .xlsx that the gate wrote itself from parts that it read to their end, with what the library would not tell.
What is damaged, too large, encrypted, with macros or no workbook is refused (`UnreadableError`), never half read.

The gate understands no report: it knows cells, and nothing of columns, districts or days. It writes no file, opens no
network, and calls no other library than the standard one.
"""
