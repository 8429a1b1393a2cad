"""Who may see and send: the upload page for the districts' clerks and the office, opened in a browser.

In come requests of browsers: sign-ins, forms, and workbooks of up to `limits.file_megabytes`. Out go HTML pages, published files for
those who may see them, and, once a clerk says so, the uploaded workbook in the inbox under its receipt number.

A request goes through `connections` (bytes on a socket), `guard` (may it come in at all?) and `page_access` (who is asking?) to one of
the four `…_pages`. How much a browser may send stands in `upload_limits`, how often a password may be wrong in `sign_in_limits`.

The wing reads no workbook and no ledger itself: what a file says and what became of it, it asks `office`. Its own file,
`state/upload.sqlite`, holds users, sessions, drafts and receipt numbers, and can be lost without losing a report.
"""
