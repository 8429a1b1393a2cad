"""The ways into the inbox: mail (`run.py fetch`) and the upload page.

In come messages from mailboxes and files that were uploaded. Out come files in the inbox, each with an envelope that says when it came,
by which way, and from whom. A door never reads what is in a workbook, never judges a report, and never touches the ledger.
"""
