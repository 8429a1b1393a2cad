"""What is possible but unlikely in a day's reports (核查提示): pure looks at the folded day.

A hint is about a report, never about a person.
"""
