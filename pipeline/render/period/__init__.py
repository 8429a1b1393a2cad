"""How a week or another span of days looks: Word, PDF, page, workbook, and period.json for programs.

In comes a period with everything that is said about it; out come its files by name. No figure is computed here.
"""
