"""What is true on a day.

In come facts: assignment workbooks and reports, in any order. Out comes the state of every case on the days asked for, with the
judgement on each report. It is computed anew each time, from the facts alone: no clock, no file, no memory of the last run.
"""
