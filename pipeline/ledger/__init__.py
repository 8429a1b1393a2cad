"""What is known for good: the facts, each noted once.

In come arrivals, readings, publications and the numbers of notices; out come the same, as they were noted. `journal` writes the arrivals
once more beside the archive, so that a lost ledger can be made again. Nothing is judged here, and no fact is ever changed.
"""
