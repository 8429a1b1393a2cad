"""The letters that the office sends by mail (`run.py send`).

In come the days that were published, who has reported, and whom each letter may go to. Out go letters to districts and leaders, each thing
to each recipient at most once, and a record of what became of every letter. Nothing is judged or counted here, no letter carries a file
that was not published, and none of unknown fate is sent again unless a person says so.
"""
