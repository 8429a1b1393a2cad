"""信访事项办理情况汇总: the workbook for the office.

In comes the day's report; out goes an .xlsx file, the same bytes for the same report. Each figure is a formula over 案件台账 and carries
the report's value, for programs that compute nothing when they open a file. No text that somebody typed becomes a formula or a link.
`cell_formats` writes the cells of every other workbook that the program makes, too.
"""
