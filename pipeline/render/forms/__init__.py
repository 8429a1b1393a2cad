"""日报模板 and the blank workbooks: what the districts fill in.

In comes the state of a district's cases; out come workbooks that are filled in beforehand. A form decides nothing about what is handed in:
what it refuses while somebody types, the reading refuses again.

`report_form` says what a form begins with, `form_sheets` writes its sheets, `drop_downs` says what may be typed, and
`form_words` holds its sentences.
"""
