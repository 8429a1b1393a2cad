"""信访事项办理情况日报: the page for leaders.

In comes the day's report; out goes one HTML file with its own style and script and nothing from outside. It is read without the script too.
`page_view` gathers what the templates read, `cases_behind_figures` the cases into which each number opens, `case_texts` what is said of
a case, `case_data` all cases for the script (`templates/daily.js`). It computes no figure, and knows no other document.
"""
