"""What is known for good: the facts, each noted once.

In come arrivals, readings, publications with their editions, and the numbers of notices; out come the same, as they were noted. `journal`
writes them once more beside the archive, so that a lost ledger can be made again. Nothing is judged here, and no fact is ever changed.
"""
