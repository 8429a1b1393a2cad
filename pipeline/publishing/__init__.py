"""What is written for a day, and when again.

In come the ledger's facts and the days asked for; out come whole folders in the outbox, and a note of what each was made from. A day is
written when something that it rests on has changed. Each time that other files come out is an edition, which is kept, as is what somebody
changed in one; a fault costs its day alone.
"""
