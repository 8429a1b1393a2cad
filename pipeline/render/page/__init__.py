"""信访事项办理情况日报: the page for leaders.

In comes the day's report; out goes one HTML file with its own style, no script and nothing from outside. `page_view` gathers what the
templates read, `cases_behind_figures` the cases into which each number opens. It computes no figure, and knows no other document.
"""
