"""What the words mean: the contract's sheets, columns, lists and codes, and the nouns that every wing speaks of.

Nothing comes in. Out go declarations (`contract`), the sentences of every finding (`messages`), how text and case numbers are compared, and
the values that travel through the house: how a file came (`Envelope`), that it came (`Arrival`), what it says (`Reading`), its place among
its day's (`Submission`). This wing opens no file, asks no clock and imports no other wing.
"""
