"""Whether the office is sound (`doctor`), and how it is mended (`repair`).

In come the office's folders; out comes what is wrong with them and what to do, or an office that has been mended. `doctor` changes nothing;
`repair` removes nothing that somebody handed in or changed.
"""
